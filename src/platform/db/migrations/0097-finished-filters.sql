-- What GET /tasks can be asked for, over millions of finished tasks. Their primary key gives pages in order, which finds
-- what many rows have at once; what few or none have is found by these. Each costs the move to the finished tables an entry a row.

-- With the id, so that a page comes in order whatever the planner believes. Most tasks succeed: those are found by the key.
create index tasks_finished_status on tasks_finished (status, id) where status <> 'succeeded';
create index tasks_finished_operation on tasks_finished (operation, id);
-- Without the id equal entries share one, which makes these small.
create index tasks_finished_by_id on tasks_finished ((requested_by->>'id'));
create index tasks_finished_by_email on tasks_finished (lower(requested_by->>'email'));
create index tasks_finished_places on tasks_finished using gin (accounts, regions)
  with (fastupdate = off); -- or now and then one move would have to put in order what thousands before it left
