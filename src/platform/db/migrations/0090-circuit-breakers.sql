-- Services of an account and Region that do not answer, one row each for as long as that lasts; shared by all processes.
-- Few rows, rarely written. Logged: after a crash of PostgreSQL an outage of AWS is still known.
create table circuit_breakers (
  cloud text not null,
  account text not null,
  region text not null,
  service text not null,
  opened_at timestamptz not null default now(),
  failures int not null, -- attempts in a row that had no answer, those of failed probes included
  probe_seconds double precision not null, -- of wall time, to the next probe after one that failed
  next_probe_at timestamptz not null,
  error_code text not null,
  error_message text not null,
  primary key (cloud, account, region, service)
);
