-- What was decided and done, by whom. Rows commit, unchained, in the transaction that they record: a chain written there
-- would lock its head until each commit. One leader seals rows below the snapshot horizon, ordered by (xid, id), so a
-- transaction that commits late is never skipped.
create table audit (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  at timestamptz not null default now(),
  actor_id text not null,
  actor_email text,
  actor_via text,
  credential_id text,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  outcome text not null check (outcome in ('allowed', 'denied', 'succeeded', 'failed')),
  request_id text,
  details jsonb not null default '{}'
) partition by range (at);
create index audit_order on audit (xid, id);
create index audit_time on audit (at, id);
create index audit_actor on audit (actor_id, at);
create index audit_subject on audit (subject_id, at);
create table audit_default partition of audit default;

-- A guard against mistakes and injected SQL, not against who owns the database: for them there is the chain.
create function audit_refuse_change() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('orchestrator.audit_upkeep', true), '') = 'on' then
    return case tg_op when 'UPDATE' then new else old end;
  end if;
  raise exception 'audit rows are never changed';
end $$;
create trigger audit_no_change before update or delete on audit for each row execute function audit_refuse_change();

-- Monthly partitions, this month and so many more. Rows that came before their partition existed are moved out of the
-- default one (which would otherwise forbid it).
create function audit_ensure_partitions(months_ahead int) returns int language plpgsql as $$
declare
  month date;
  name text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(7305521041);
  for i in 0 .. months_ahead loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
    name := 'audit_' || to_char(month, 'YYYY_MM');
    continue when to_regclass(name) is not null;
    execute format('create table %I (like audit including defaults including constraints)', name);
    execute format('alter table %I alter column id set not null', name);
    perform set_config('orchestrator.audit_upkeep', 'on', true);
    execute format(
      'with moved as (delete from audit_default where at >= %1$L and at < %2$L returning *) insert into %3$I select * from moved',
      month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC', name);
    perform set_config('orchestrator.audit_upkeep', '', true);
    execute format('alter table audit attach partition %I for values from (%L) to (%L)', name,
      month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
    made := made + 1;
  end loop;
  return made;
end $$;
select audit_ensure_partitions(2);

-- One row a batch. `head` is the hash of the chain after the batch's last row, `prints` holds 8 bytes of each row's own
-- digest so that verification can name the row that was changed, `mac` binds all of it to a key outside the database.
create table audit_seals (
  seq bigint primary key,
  at timestamptz not null,
  to_xid xid8 not null,
  to_id bigint not null,
  row_count int not null,
  total_rows bigint not null,
  head bytea not null,
  prints bytea not null,
  key_id text not null,
  mac bytea not null
);

-- The newest seal, kept apart and under a MAC of its own, so that cutting the end off is noticed.
create table audit_head (
  is_only boolean primary key default true check (is_only),
  seq bigint not null,
  to_xid xid8 not null,
  to_id bigint not null,
  total_rows bigint not null,
  head bytea not null,
  key_id text not null,
  mac bytea not null
);
