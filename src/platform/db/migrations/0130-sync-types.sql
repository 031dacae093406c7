-- Where the sync of each type stands. A partition (account, Region, service) is what a process takes under its lease; its types
-- are read each for itself, as often as each one needs, and a type that can't be read makes no other one look stale. What
-- sync_partitions says of the outcome is the sum of its types: the oldest sweep, the latest error, the next time.
create table sync_types (
  account text not null,
  region text not null,
  service text not null,
  type text not null,
  swept_at timestamptz, -- the start of the last complete sweep; null: never
  fresh_until timestamptz,
  full_at timestamptz not null default now(), -- when the next sweep is due
  look_at timestamptz, -- when to look again at what is on the way to another state; null: nothing is
  sweep_seconds double precision,
  seen int,
  failures int not null default 0, -- since the last complete sweep
  last_error text,
  last_error_at timestamptz,
  primary key (account, region, service, type),
  foreign key (account, region, service) references sync_partitions on delete cascade
);

-- What was swept before is as new as its partition said.
insert into sync_types (account, region, service, type, swept_at, fresh_until, full_at, sweep_seconds, failures, last_error, last_error_at)
select p.account, p.region, p.service, t.type, p.swept_at, p.fresh_until, p.next_at, p.sweep_seconds, p.failures, p.last_error, p.last_error_at
from sync_partitions p
join (values ('ec2', 'ec2.instance'), ('ec2', 'ec2.volume'), ('cloudwatch', 'cloudwatch.alarm'), ('logs', 'logs.group')) as t (service, type)
  using (service);

-- How many partitions of an account are being swept right now: no account may take all places.
create index sync_partitions_leased on sync_partitions (account) where lease_token is not null;
