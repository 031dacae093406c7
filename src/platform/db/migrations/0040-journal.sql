-- The hot path of the queue, with fewer and smaller writes.

-- Where items of live workers stand, between the writes of their rows: one row for everything that a worker records in
-- one moment. When a worker is lost, its journal is carried over into the rows of the items that it held; an entry counts
-- when it is of the same attempt and newer (`move`) than the row. Rows go when all they say stands in the items' rows.
create table journal (
  worker uuid not null,
  seq bigint not null, -- grows with every row of the worker
  places text not null, -- JSON; see src/tasks/store/journal.ts
  primary key (worker, seq)
) with (toast_tuple_target = 8160);
-- Written once, read only after a crash: to compress it cost more than to write it.
alter table journal alter places set storage external;

-- What is written and read whole is kept as the text that it came as: to take JSON apart into jsonb, and to put it
-- together again, was a third of the processor time of a task.
drop view all_tasks;
drop view all_items;
alter table tasks
  alter params type json, alter targets type json, alter plan type json, alter requested_by type json;
alter table tasks_finished
  alter params type json, alter targets type json, alter plan type json, alter requested_by type json;
alter table items alter steps drop default;
alter table items
  alter before type json, alter after type json, alter actual type json, alter steps type json, alter error type json,
  alter steps set default '[]',
  add move int not null default 0; -- grows with every record of the item, so that an older one never overwrites a newer
alter table items_finished alter steps drop default;
alter table items_finished
  alter before type json, alter after type json, alter actual type json, alter steps type json, alter error type json,
  alter steps set default '[]',
  add move int not null default 0;
alter table events alter data type json;
alter table audit alter details drop default;
alter table audit alter details type json, alter details set default '{}';
create view all_tasks as select * from tasks union all select * from tasks_finished;
create view all_items as select * from items union all select * from items_finished;

-- What ends an item must not touch a column of an index, or every index gets a new entry for the row: so they go by
-- `ready_at` (null while it runs and when it is over) and by `worker` (who had it last), not by `status`.
drop index items_ready;
drop index items_running;
create index items_ready on items (priority desc, ready_at, task_id, ordinal) where ready_at is not null;
create index items_worker on items (worker) where worker is not null;
update items set ready_at = null where ready_at is not null and status not in ('pending', 'waiting');
