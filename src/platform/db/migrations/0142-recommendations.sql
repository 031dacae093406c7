-- What would save money, or is too small: found every few hours by whoever watches the place.
alter table watch_places add column advise_at timestamptz not null default now();

create table recommendations (
  id uuid primary key,
  kind text not null check (kind in ('rightsize', 'idle_instance', 'logs_retention')),
  finding text not null, -- over_provisioned, under_provisioned, idle, no_retention, unknown
  account text not null,
  region text not null,
  resource_id text not null,
  resource_name text,
  title text not null,
  because text not null,
  operation text, -- null: nothing to do
  params jsonb,
  monthly_saving_usd double precision, -- negative: it costs more; null: not known
  evidence jsonb not null, -- what was measured, and what it was held against
  status text not null default 'open' check (status in ('open', 'dismissed', 'snoozed', 'applied', 'gone')),
  reason text, -- why it was dismissed
  snoozed_until timestamptz,
  decided_by jsonb, -- {id, email}
  decided_at timestamptz,
  plan_hash text, -- of the last plan that was made of it
  realised jsonb, -- {since, monthlyUsd, before, after}: what came of it once it was done
  found_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  unique (account, resource_id, kind)
);
create index recommendations_by_saving on recommendations (account, status, monthly_saving_usd desc nulls last, id);
