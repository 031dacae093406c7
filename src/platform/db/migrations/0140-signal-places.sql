-- Where resource_signals are measured: each account and Region by one process at a time. Times are the database's.
create table signal_places (
  account text not null,
  region text not null,
  next_at timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  measured_at timestamptz, -- of the last complete measurement
  last_error text,
  primary key (account, region)
);
