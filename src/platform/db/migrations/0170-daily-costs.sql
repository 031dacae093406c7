-- What an account cost on each day, by service: by its bill, or by list prices of what was there.
create table daily_costs (
  account text not null references accounts on delete cascade,
  source text not null check (source in ('cost-explorer', 'prices')),
  day date not null,
  service text not null, -- Cost Explorer's name
  usd double precision not null,
  samples int not null default 1, -- of list prices: how often it was looked that day; the cost is the mean
  primary key (account, source, day, service)
);

-- How many GiB there were on each day, as the inventory saw it last.
create table daily_storage (
  account text not null references accounts on delete cascade,
  region text not null,
  kind text not null check (kind in ('volumes', 'snapshots')),
  day date not null,
  gib double precision not null,
  primary key (account, region, kind, day)
);

-- When an account is looked at again. Each answer of Cost Explorer is charged for, so it is asked once a day.
create table daily_cost_readings (
  account text primary key references accounts on delete cascade,
  sample_at timestamptz not null default now(),
  ask_at timestamptz not null default now(),
  asked_at timestamptz, -- when it was answered last
  through date, -- the last day of that answer
  last_error text
);

-- What an account may cost a month, so that it can be told when that would be passed.
create table cost_budgets (
  account text primary key references accounts on delete cascade,
  monthly_usd double precision not null check (monthly_usd > 0),
  set_by jsonb not null, -- {id, email}
  set_at timestamptz not null default now()
);

-- Of a cost that is unusual: the resources that make up for it. [{resource: {id, name}, usd, beforeUsd}, ...]
alter table anomalies add column drivers jsonb;
-- What made it part of an incident that was there already. {kind, resource: {id, name}, path: [...]}
alter table anomalies add column joined_by jsonb;
-- When nothing of it was seen any more; its alert ends then.
alter table anomaly_incidents add column over_at timestamptz;
create index anomaly_incidents_open on anomaly_incidents (account, region, last_at) where over_at is null;
