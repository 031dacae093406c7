-- What runs out within two weeks is a recommendation too, one without a task.
alter table recommendations drop constraint recommendations_kind_check,
  add constraint recommendations_kind_check check (kind in ('rightsize', 'idle_instance', 'logs_retention', 'runs_out'));
