-- A channel may hear of tasks as well.
alter table notification_channels
  add column hears_alerts boolean not null default true,
  add column task_events text[] not null default '{}',
  add column task_filter jsonb not null default '{}', -- {accounts, operations, risks}: lists, each empty for all
  add column owner jsonb, -- {id, email}: what they may not read is not sent
  add column owner_scopes text[],
  add column subscribed_at timestamptz, -- nothing from before is told
  add column failing_since timestamptz; -- null while the receiver takes what is sent

-- What belongs together (a task) is delivered in order: of a key only the first is due, `next_at` of the others is infinity
-- until it is their turn.
alter table notification_deliveries
  add column seq bigint generated always as identity,
  add column order_key text;
create index notification_deliveries_in_order on notification_deliveries (channel_id, order_key, seq)
  where status = 'pending' and order_key is not null;

-- How far the event log was told to channels, and which process is at it. One row.
create table task_webhook_position (
  is_only boolean primary key default true check (is_only),
  xid xid8 not null,
  id bigint not null,
  moved_at timestamptz not null default now(),
  holder uuid,
  lease_until timestamptz not null default now()
);
-- From the beginning, so that what happens before a process first looks is not missed.
insert into task_webhook_position (xid, id) values (pg_snapshot_xmin(pg_current_snapshot()), 0);

-- What was told of tasks that are not over: the log says what their status is, not what is new about it.
create table task_webhook_states (
  task_id uuid primary key,
  is_started boolean not null,
  has_drifted boolean not null,
  updated_at timestamptz not null default now()
);
create index task_webhook_states_age on task_webhook_states (updated_at);
