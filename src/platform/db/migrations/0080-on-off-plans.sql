-- Two schedules that are one thing: what is stopped in the evening and started in the morning. Its halves are the
-- schedules that name it, one of each operation.
create table on_off_plans (
  id uuid primary key,
  name text not null,
  operation_off text not null,
  operation_on text not null,
  targets jsonb not null,
  days text[] not null, -- MON to SUN
  off_at text not null, -- hh:mm in the time zone
  on_at text not null,
  time_zone text not null,
  except_dates text[] not null default '{}', -- yyyy-mm-dd in the time zone: neither happens on these
  reason text,
  estimate jsonb not null, -- {targets, monthlyUsd, why, at}: what a plan said when it was written
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (operation_off <> operation_on and off_at <> on_at)
);

alter table schedules add constraint schedules_plan foreign key (on_off_plan_id) references on_off_plans on delete cascade;
create unique index schedules_halves on schedules (on_off_plan_id, operation) where on_off_plan_id is not null;
