-- How far the event log was cut off: the last position that was dropped. A reader that asks for events since an older
-- one is told to start over. One row, or none while nothing was dropped.
create table events_dropped (
  is_only boolean primary key default true check (is_only),
  xid xid8 not null,
  id bigint not null
);
