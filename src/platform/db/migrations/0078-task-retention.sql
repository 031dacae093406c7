-- Drops whole months of finished tasks, with their items, approvals and dead letters: those before the first day of that
-- month. Returns the partitions that went. Tables of other things that hang on a task are named by whoever calls.
create function drop_finished_before(month timestamptz) returns text[] language plpgsql as $$
declare
  floor_id uuid := uuidv7_floor(month);
  part record;
  dropped text[] := '{}';
begin
  for part in
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('tasks_finished'::regclass, 'items_finished'::regclass)
      and c.relname ~ '_finished_\d{4}_\d{2}$' and right(c.relname, 7) < to_char(month at time zone 'UTC', 'YYYY_MM')
    order by c.relname
  loop
    execute format('drop table %I', part.name);
    dropped := dropped || part.name::text;
  end loop;
  -- Months of before there were partitions for them.
  delete from items_finished_rest where task_id < floor_id;
  delete from tasks_finished_rest where id < floor_id;
  return dropped;
end $$;
create index task_approvals_at on task_approvals (at);
