-- What needs somebody's attention. One open or acknowledged alert a key: raising it again counts it up.
create table alerts (
  id uuid primary key,
  key text not null,
  severity text not null check (severity in ('info', 'warning', 'critical')),
  title text not null,
  detail text not null,
  source text not null, -- the box that raised it
  subject jsonb, -- {type, id}: what it is about
  account text, -- whose rights decide who may see it; null: everybody who may read alerts
  status text not null default 'open' check (status in ('open', 'acknowledged', 'resolved')),
  occurrences int not null default 1,
  created_at timestamptz not null default now(),
  last_raised_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  acknowledged_by jsonb, -- {id, email}
  resolved_at timestamptz,
  resolved_by jsonb
);
create unique index alerts_unresolved_key on alerts (key) where status <> 'resolved';
create index alerts_newest on alerts (id desc);
create index alerts_unresolved on alerts (id desc) where status <> 'resolved';

create table notification_channels (
  id uuid primary key,
  name text not null,
  kind text not null check (kind in ('webhook')),
  url text not null,
  sealed_secret text not null, -- the signing key, sealed with the master key; shown once
  minimum_severity text not null default 'warning' check (minimum_severity in ('info', 'warning', 'critical')),
  is_enabled boolean not null default true,
  disabled_reason text, -- said when we switched it off ourselves (the receiver answered 410 Gone)
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- The outbox: written in the transaction of the alert, delivered afterwards, at least once, by any process.
create table notification_deliveries (
  id uuid primary key, -- the receiver's idempotency key (webhook-id)
  channel_id uuid not null references notification_channels on delete cascade,
  event text not null, -- alert.raised, ...
  body text not null, -- exactly what is signed and sent
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts int not null default 0,
  next_at timestamptz not null default now(),
  lease_until timestamptz,
  last_status int, -- of the receiver's answer
  last_error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index notification_deliveries_due on notification_deliveries (next_at) where status = 'pending';
create index notification_deliveries_of_channel on notification_deliveries (channel_id, id desc);
create index notification_deliveries_finished on notification_deliveries (finished_at) where status <> 'pending';
