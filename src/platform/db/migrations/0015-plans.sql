-- Plans as they were shown: kept 24 hours under their hash, never changed in what the hash covers. Filing a task uses the
-- kept plan's frozen list of targets.
create table plans (
  hash text primary key,
  requested_by text not null,
  operation text not null,
  operation_version int not null,
  plan json not null,        -- json, not jsonb: only ever read whole
  targets json not null,     -- the selector as it was asked
  accounts json not null,    -- of its targets: id, cloud, isProduction
  attributes json not null,  -- of each target, as seen when planned: rights are checked again when it is filed
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index plans_expires_at on plans (expires_at);
