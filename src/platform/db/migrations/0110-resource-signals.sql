-- What is measured of a resource and can be searched for (cpu:<5). Beside the inventory, not in it: it changes with every
-- measurement, and a row of the inventory is written only when AWS describes the resource differently.
create table resource_signals (
  account text not null,
  id text not null, -- the ARN
  cpu_avg double precision, -- average CPU in percent over the last days that were measured; null: not known
  measured_at timestamptz not null,
  primary key (account, id)
);
create index resource_signals_cpu on resource_signals (cpu_avg) where cpu_avg is not null;
