-- What watches metrics: each account and Region is watched by one process at a time, which holds its lease for as long as it lives.
create table watch_places (
  account text not null,
  region text not null,
  next_at timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  looked_at timestamptz, -- when its metrics were read last
  last_error text,
  primary key (account, region)
);

-- A metric that is followed, with everything that its detector knows.
create table watched_series (
  id uuid primary key,
  account text not null,
  region text not null,
  resource_id text not null, -- the ARN
  resource_name text,
  metric text not null,
  kin text, -- app and stage: what else is likely to suffer from the same thing
  reasons text[] not null, -- alarm, pinned, cost
  state text, -- the detector's; null until it was fed first
  judged_until timestamptz, -- the state knows all values before this time
  has_data boolean not null default true,
  updated_at timestamptz not null default now(),
  unique (account, resource_id, metric)
);
create index watched_series_place on watched_series (account, region);

-- Where the values were expected, an hour of a series a row: [[minute, value, low, high], ...].
create table metric_bands (
  series_id uuid not null references watched_series on delete cascade,
  hour timestamptz not null,
  points jsonb not null,
  primary key (series_id, hour)
);
create index metric_bands_hour on metric_bands (hour);

-- Anomalies of about the same time in things that belong together.
create table anomaly_incidents (
  id uuid primary key,
  account text not null,
  region text not null,
  began_at timestamptz not null,
  last_at timestamptz not null,
  kins text[] not null,
  resource_ids text[] not null
);
create index anomaly_incidents_recent on anomaly_incidents (account, region, last_at);

create table anomalies (
  id uuid primary key,
  series_id uuid not null references watched_series on delete cascade,
  incident_id uuid not null references anomaly_incidents on delete cascade,
  account text not null,
  region text not null,
  resource_id text not null,
  resource_name text,
  metric text not null,
  began_at timestamptz not null,
  last_at timestamptz not null,
  score double precision not null,
  value double precision not null, -- of the most unusual moment, as what follows
  expected double precision not null,
  low double precision not null,
  high double precision not null,
  evidence jsonb not null,
  unique (series_id, began_at)
);
create index anomalies_newest on anomalies (account, id desc);
create index anomalies_of_resource on anomalies (account, resource_id, last_at desc);
create index anomalies_of_incident on anomalies (incident_id);

-- What somebody wants to be watched, whatever it costs and whether or not an alarm does.
create table watch_pins (
  account text not null,
  resource_id text not null,
  pinned_by jsonb not null, -- {id, email}
  pinned_at timestamptz not null default now(),
  primary key (account, resource_id)
);
