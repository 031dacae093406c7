-- Items in one table instead of eight partitions by account. Where two workers change items of one task at the same moment,
-- PostgreSQL 18.4 looks at the newer version of the row (EvalPlanQual) and dies of a segmentation fault in the pruning of
-- partitions (perform_pruning_base_step), with everything that all sessions had under way. Besides, eight partitions cost a
-- claim of 10 items 0.3 ms of its 1.0 ms. See docs/decisions/0014-items-in-one-table.md.
drop view all_items;
alter table items rename to items_by_account;
create table items (like items_by_account including defaults) with (fillfactor = 45);
insert into items select * from items_by_account;
drop table items_by_account;
alter table items add primary key (task_id, ordinal);
create index items_ready on items (priority desc, ready_at, task_id, ordinal) where ready_at is not null;
create index items_worker on items (worker) where worker is not null;
create index items_failed on items (task_id, ordinal) where error is not null;
create view all_items as select * from items union all select * from items_finished;
