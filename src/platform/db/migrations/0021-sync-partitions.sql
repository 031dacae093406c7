-- What the inventory is synced by: one account, Region and service at a time. A process that sweeps a partition holds
-- its lease; every time below is the database's, so that processes with different clocks agree.
create table sync_partitions (
  account text not null,
  region text not null,
  service text not null,
  next_at timestamptz not null default now(), -- when it is due
  lease_token uuid,
  lease_until timestamptz,
  started_at timestamptz, -- of the latest attempt
  finished_at timestamptz, -- of the latest attempt, whatever came of it
  swept_at timestamptz, -- the start of the last complete sweep: everything there was seen at this time or later; null: never
  fresh_until timestamptz, -- until then what the sweep saw counts as fresh
  sweep_seconds double precision, -- how long the last complete sweep took
  seen int, -- resources that it saw
  failures int not null default 0, -- attempts that failed since the last complete one
  last_error text,
  last_error_at timestamptz,
  primary key (account, region, service)
);
create index sync_partitions_due on sync_partitions (next_at);
