-- Where the costs of an account's resources come from. Cost Explorer takes money for each answer, so somebody has to ask for it.
alter table accounts add column costs text not null default 'prices' check (costs in ('prices', 'cost-explorer'));

-- When Cost Explorer was asked last and may be asked again: once a day, also where somebody turns it off and on.
create table cost_readings (
  account text primary key references accounts on delete cascade,
  next_at timestamptz not null,
  read_at timestamptz, -- when anything was read the last time
  through date, -- the last day that was read
  requests int, -- what the last reading was charged for
  resources int, -- whose costs it told
  last_error text
);

-- What resources cost by AWS's own account. It stands in the row of the resource as well, which is searched and sorted by it.
create table resource_costs (
  account text not null references accounts on delete cascade,
  id text not null,
  service text not null, -- Cost Explorer's name
  monthly_usd double precision not null,
  source text not null,
  measured_at timestamptz not null,
  primary key (account, id)
);
