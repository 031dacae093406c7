-- The queue. Tasks are what people file and see; items (one for each target) are what workers claim. Both tables hold
-- live rows only: finished tasks move, with their items, to the *_finished tables, because millions of dead entries
-- halve the throughput of a queue.

create table tasks (
  id uuid not null primary key, -- UUIDv7: sorts by creation
  operation text not null,
  operation_version int not null,
  status text not null,
  params jsonb not null,
  targets jsonb not null, -- the selector as it was asked; the frozen list is the items
  plan jsonb not null, -- the plan as it was approved, without its targets
  accounts text[] not null,
  regions text[] not null,
  requested_by jsonb not null, -- {id, email}
  reason text,
  priority smallint not null,
  scheduled_for timestamptz,
  undo_of uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  error jsonb,
  -- Counted under the task's row lock by the same statement that ends items, so the last item ends the task, whichever
  -- worker has it. Items that are pending or running are the rest.
  total int not null,
  open int not null,
  waiting int not null default 0,
  succeeded int not null default 0,
  failed int not null default 0,
  skipped int not null default 0,
  drifted int not null default 0,
  compensated int not null default 0,
  cancelled int not null default 0
) with (fillfactor = 50); -- room for updates on the same page
create index tasks_undo_of on tasks (undo_of) where undo_of is not null;
-- One undo of a task at a time: two would both take back the same.
create unique index tasks_live_undo on tasks (undo_of) where undo_of is not null and finished_at is null;
create index tasks_finished_at on tasks (finished_at) where finished_at is not null;

create table items (
  account text not null,
  id uuid not null,
  task_id uuid not null,
  ordinal int not null,
  region text not null,
  target_id text not null, -- the ARN
  target_name text,
  before jsonb not null,
  after jsonb not null, -- as the plan promised
  actual jsonb, -- as verified
  status text not null,
  -- Null: held (its task awaits approval, is paused). Else the time from which a worker may claim it.
  ready_at timestamptz,
  priority smallint not null,
  -- Which step comes next. While the item is running under a worker this is the recorded intent of that step: the claim,
  -- or the result of the step before, committed before the step may touch AWS.
  step int not null default 0,
  step_attempt int not null default 0,
  step_started_at timestamptz,
  is_armed boolean not null default false, -- an at-most-once effect may have left this process
  is_doubtful boolean not null default false, -- the step may have taken effect without our knowing
  is_compensating boolean not null default false,
  in_wait boolean not null default false, -- counted in tasks.waiting
  steps jsonb not null default '[]', -- records of steps that are over
  error jsonb,
  worker uuid,
  attempt int not null default 0, -- fencing number: goes up with every claim
  recoveries smallint not null default 0, -- how many workers died holding it
  primary key (task_id, ordinal, account) -- with the account, since the partitions are by it
) partition by hash (account);
do $$ begin
  for n in 0..7 loop
    execute format('create table items_%s partition of items for values with (modulus 8, remainder %s) with (fillfactor = 45)', n, n);
  end loop;
end $$;
create index items_ready on items (priority desc, ready_at, task_id, ordinal) where status in ('pending', 'waiting') and ready_at is not null;
create index items_running on items (worker) where status = 'running';

-- One row a worker process, however many items it holds: its lease.
create table workers (
  id uuid primary key,
  host text not null,
  pid int not null,
  started_at timestamptz not null default now(),
  lease_until timestamptz not null
);

-- The same key with the same body gives the same task; with another body it is refused.
create table idempotency (
  user_id text not null,
  key text not null,
  body_hash text not null,
  task_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_age on idempotency (created_at);

create table task_approvals (
  task_id uuid not null,
  by_id text not null,
  by_email text not null,
  decision text not null check (decision in ('approved', 'rejected')),
  plan_hash text not null,
  reason text,
  self_approved boolean not null,
  at timestamptz not null default now(),
  primary key (task_id, by_id) -- one voice each
);

-- Finished tasks, by the month of their creation (which a UUIDv7 carries in its first 48 bits); dropped whole.
create table tasks_finished (like tasks including defaults) partition by range (id);
alter table tasks_finished add primary key (id);
create index tasks_finished_undo_of on tasks_finished (undo_of) where undo_of is not null;
create table tasks_finished_rest partition of tasks_finished default;

create table items_finished (like items including defaults) partition by range (task_id);
create index items_finished_of_task on items_finished (task_id, ordinal);
create table items_finished_rest partition of items_finished default;

create view all_tasks as select * from tasks union all select * from tasks_finished;
create view all_items as select * from items union all select * from items_finished;

-- The smallest UUIDv7 of a moment.
create function uuidv7_floor(moment timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

-- Makes the partitions of this and the next two months where they are missing.
create function ensure_finished_partitions(today timestamptz) returns void language plpgsql as $$
declare
  month timestamp; -- in UTC, whatever the session's time zone is
  first uuid;
  next uuid;
  name text;
begin
  for ahead in 0..2 loop
    month := date_trunc('month', today at time zone 'UTC') + make_interval(months => ahead);
    first := uuidv7_floor(month at time zone 'UTC');
    next := uuidv7_floor((month + interval '1 month') at time zone 'UTC');
    name := to_char(month, 'YYYY_MM');
    if to_regclass('tasks_finished_' || name) is null then
      execute format('create table tasks_finished_%s partition of tasks_finished for values from (%L) to (%L)',
        name, first, next);
    end if;
    if to_regclass('items_finished_' || name) is null then
      execute format('create table items_finished_%s partition of items_finished for values from (%L) to (%L)',
        name, first, next);
    end if;
  end loop;
end $$;
select ensure_finished_partitions(now());
