-- Who plans and files a task by themselves, and when.
create table schedules (
  id uuid primary key,
  name text not null,
  owner jsonb not null, -- {id, email}: whoever wrote it last; it runs with their rights
  owner_scopes text[], -- of the API token that it was written with; null: not narrowed
  operation text not null,
  targets jsonb not null,
  params jsonb not null, -- with the defaults filled in
  cron text,
  at timestamptz,
  time_zone text not null,
  starts_at timestamptz,
  ends_at timestamptz,
  skip_dates text[] not null default '{}', -- yyyy-mm-dd in the time zone
  missed_runs text not null check (missed_runs in ('skip', 'run_once', 'run_all')),
  overlap text not null check (overlap in ('skip', 'allow')),
  priority smallint not null default 0,
  reason text,
  is_enabled boolean not null default true,
  stopped_reason text, -- said when we stopped it ourselves
  on_off_plan_id uuid, -- it is half of that plan
  next_run_at timestamptz, -- null: no time is left
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((cron is null) <> (at is null))
);
create index schedules_due on schedules (next_run_at) where is_enabled and next_run_at is not null;
create index schedules_of_plan on schedules (on_off_plan_id) where on_off_plan_id is not null;

-- One row a time that came, written in the transaction that moves `next_run_at` on. The unique key is what makes two
-- processes file it once; the task is filed in the transaction that sets `filed`.
create table schedule_runs (
  id uuid primary key,
  schedule_id uuid not null references schedules on delete cascade,
  due_at timestamptz not null,
  trigger text not null check (trigger in ('time', 'manual')),
  is_made_up boolean not null default false, -- of a time that was missed: waits for the run before instead of being skipped
  status text not null default 'pending' check (status in ('pending', 'filed', 'skipped', 'failed')),
  why text,
  missed int not null default 0,
  task_id uuid,
  attempts int not null default 0,
  ready_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (schedule_id, trigger, due_at)
);
create index schedule_runs_pending on schedule_runs (ready_at) where status = 'pending';
create index schedule_runs_newest on schedule_runs (schedule_id, id desc);
create index schedule_runs_finished on schedule_runs (finished_at) where finished_at is not null;

-- An approval that is given once for every run that fits in it. At most one of a schedule counts.
create table standing_approvals (
  id uuid primary key,
  schedule_id uuid not null references schedules on delete cascade,
  status text not null default 'requested' check (status in ('requested', 'approved', 'rejected', 'void')),
  operation text not null,
  targets jsonb not null,
  params jsonb not null,
  most_targets int not null,
  highest_risk text not null,
  expires_at timestamptz not null,
  reason text,
  needed int not null,
  requested_by jsonb not null,
  requested_at timestamptz not null default now()
);
create unique index standing_approvals_current on standing_approvals (schedule_id) where status in ('requested', 'approved');
create index standing_approvals_newest on standing_approvals (schedule_id, id desc);

create table standing_approval_votes (
  approval_id uuid not null references standing_approvals on delete cascade,
  by_id text not null,
  by_email text not null,
  decision text not null check (decision in ('approved', 'rejected')),
  reason text,
  self_approved boolean not null,
  at timestamptz not null default now(),
  primary key (approval_id, by_id) -- one voice each
);
