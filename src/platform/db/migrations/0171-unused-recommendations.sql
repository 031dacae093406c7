-- What nothing uses is a recommendation too.
alter table recommendations drop constraint recommendations_kind_check,
  add constraint recommendations_kind_check check (kind in ('rightsize', 'idle_instance', 'logs_retention', 'runs_out',
    'idle_volume', 'unused_address', 'orphaned_snapshot'));
