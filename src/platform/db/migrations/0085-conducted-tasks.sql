-- What some tasks need beyond their row, and workers don't: waves, a budget for errors, tasks to wait for.

-- A row for each task that a conductor looks after.
create table conducted_tasks (
  task_id uuid primary key,
  wave_ends int[] not null, -- for each wave the ordinal after its last item; the last one is the number of items
  released int not null default 0, -- waves
  released_to int not null default 0, -- items with a lower ordinal may be claimed, the others are held
  released_at timestamptz[] not null default '{}', -- for each wave released
  over_at timestamptz[] not null default '{}', -- for each wave that is over
  soak_seconds int not null default 0, -- of cloud time, between two waves
  soak_until timestamptz,
  error_budget float8, -- a whole number of items, or a share of those released; null: none
  on_budget text not null default 'stop' check (on_budget in ('stop', 'undo')),
  most_failures int, -- what the budget comes to, with what is released
  is_after boolean not null default false, -- waits for the tasks in task_predecessors
  stopped_by text, -- the code of the error that it was stopped with
  undo_problem text, -- why the undo that was asked for could not be filed
  closed_at timestamptz -- nothing is left to look after
);
-- Also for the conductors that poll it: thousands of tasks that are over cost them nothing.
create index conducted_tasks_open on conducted_tasks (task_id) where closed_at is null;

create table task_predecessors (
  task_id uuid not null,
  predecessor_id uuid not null,
  on_end text not null check (on_end in ('succeeded', 'finished')),
  primary key (task_id, predecessor_id)
);
create index task_predecessors_of on task_predecessors (predecessor_id);

-- Tasks that try again what failed of another one.
create table task_retries (
  task_id uuid primary key,
  retry_of uuid not null
);
create index task_retries_of on task_retries (retry_of);
