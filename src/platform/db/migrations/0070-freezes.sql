-- Times in which nothing new begins. Once (from_at, to_at) or every week, in the local time of a zone.
create table freezes (
  id uuid primary key,
  name text not null,
  reason text not null,
  from_at timestamptz,
  to_at timestamptz,
  weekly jsonb, -- {timeZone, windows: [{from: {day, time}, to: {day, time}}]}
  scope jsonb not null, -- {accounts, regions, operations, minimumRisk}
  created_by jsonb not null, -- {id, email}
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((weekly is null) = (from_at is not null and to_at is not null)),
  check (to_at > from_at)
);

-- Which places of which live tasks a freeze holds: their items that have not begun have this `until` as their ready_at.
create table task_freeze_holds (
  task_id uuid not null,
  account text not null,
  region text not null,
  freeze_id uuid not null,
  freeze_name text not null,
  until timestamptz not null,
  primary key (task_id, account, region)
);

-- Tasks that no freeze holds, with why: break-glass, or the undo of what was done less than a day before.
create table task_freeze_passes (
  task_id uuid primary key,
  why text not null
);
