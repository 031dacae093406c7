-- Which task worked on which resource, and from when to when: who it was. Written before what the task changed is read again.
create table resource_touches (
  account text not null,
  id text not null,
  task_id uuid not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (account, id, task_id)
);
create index resource_touches_last_at on resource_touches (last_at);

-- What CloudTrail said about a resource, asked when somebody reads its history. `covers_until`: events from before then are known.
create table resource_trail (
  account text not null,
  id text not null,
  event_id text not null,
  at timestamptz not null,
  event text not null, -- StopInstances
  actor text not null,
  primary key (account, id, event_id)
);
create index resource_trail_at on resource_trail (at);
create table resource_trail_lookups (
  account text not null,
  id text not null,
  covers_until timestamptz, -- null: never asked with success
  asked_at timestamptz not null, -- by whoever asks or asked last
  why text, -- why the last attempt failed
  primary key (account, id)
);
create index resource_trail_lookups_asked_at on resource_trail_lookups (asked_at);
