-- The delay window of class R4: after the last approval nothing of the task begins before this.
create table task_delays (
  task_id uuid primary key,
  not_before timestamptz not null
);

-- Tasks that were filed without the approvals that they need, in an emergency.
create table task_break_glass (
  task_id uuid primary key,
  by_id text not null,
  by_email text not null,
  reason text not null,
  begin_by timestamptz not null, -- nothing of it begins later
  at timestamptz not null default now(),
  alerted_at timestamptz -- null: the alert is still to be raised
);
create index task_break_glass_unalerted on task_break_glass (task_id) where alerted_at is null;
