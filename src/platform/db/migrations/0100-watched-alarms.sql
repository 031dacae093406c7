-- CloudWatch alarms that are looked at while a task runs; one that goes off pauses it.
create table watched_alarms (
  task_id uuid primary key,
  alarms text[] not null, -- ARNs
  known jsonb not null default '{}', -- by ARN why one is told of already: since when it rings, "gone" or "unread"
  look_at timestamptz not null default now(), -- who moves it on looks
  quiet_at timestamptz, -- when the last look began at which none had gone off
  problem text, -- why they could not be read at the last look
  paused_by text -- why the task was paused; null again when somebody resumes it
);
