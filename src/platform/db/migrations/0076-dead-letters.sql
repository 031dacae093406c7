-- Items that failed for a reason of the machinery, not of AWS's answer: somebody has to look. Written by a chore while
-- their task is live, and at the latest by the statement that moves the task to the finished tables.
create table dead_letters (
  id uuid primary key, -- of the item
  task_id uuid not null,
  ordinal int not null,
  account text not null,
  region text not null,
  target_id text not null,
  target_name text,
  operation text not null,
  cause text not null,
  error jsonb not null,
  step text, -- the last that was recorded
  attempts int not null, -- of that step
  workers_lost int not null,
  requested_by jsonb not null,
  found_at timestamptz not null default now(),
  status text not null default 'open' check (status in ('open', 'requeued', 'dismissed')),
  decided_at timestamptz,
  decided_by jsonb,
  decision_reason text,
  requeued_as uuid -- the task
);
create index dead_letters_open on dead_letters (id desc) where status = 'open';
create index dead_letters_of_task on dead_letters (task_id);

-- Where the chore finds them; only failed items stand in it, and no longer than their task is live.
create index items_failed on items (task_id, ordinal) where status = 'failed';

-- Which versions of which operations the releases of living workers know; each process says so once a minute.
create table operations_known (
  operation text not null,
  version int not null,
  seen_at timestamptz not null default now(),
  primary key (operation, version)
);

-- What open tasks ask for and no living worker knows, and since when. Where nobody looked for a while it counts anew.
create table operations_unknown (
  operation text not null,
  version int not null,
  since timestamptz not null default now(),
  checked_at timestamptz not null default now(),
  primary key (operation, version)
);
