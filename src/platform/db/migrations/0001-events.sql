-- The log that feeds the live view. A reader publishes only rows below its snapshot's xmin, ordered by (xid, id), so a
-- row of a transaction that commits late is never skipped. Partitions are dropped whole after the retention.
create table events (
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  at timestamptz not null default now(),
  topics text[] not null,
  type text not null,
  accounts text[] not null default '{}', -- whose rights decide who may see it; empty: anyone with the topic's right
  data jsonb not null
) partition by range (at);
create index events_order on events (xid, id);
-- By the most specific topic, which comes last. A GIN index over all of them costs several times as much a row.
create index events_topic on events ((topics[cardinality(topics)]), xid, id);
create table events_default partition of events default;
