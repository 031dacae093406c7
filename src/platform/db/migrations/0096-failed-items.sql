-- An index that goes by the status of an item makes every end of an item a new entry in every index (0040-journal.sql).
-- What failed has an error; few others do.
drop index items_failed;
create index items_failed on items (task_id, ordinal) where error is not null;
