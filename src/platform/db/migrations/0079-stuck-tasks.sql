-- Which tasks move, as a chore sees them once a minute: the mark changes with every step that any of their items takes.
create table task_progress (
  task_id uuid primary key,
  mark text not null,
  moved_at timestamptz not null default now(),
  stuck_since timestamptz, -- null: it moves, or may still take its time
  why text
);
create index task_progress_stuck on task_progress (stuck_since) where stuck_since is not null;
