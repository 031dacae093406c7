-- The AWS accounts that this installation knows. `cloud` keeps the sandbox and real AWS apart: clients are chosen by it.
create table accounts (
  id text primary key check (id ~ '^\d{12}$'),
  name text not null check (name <> ''),
  cloud text not null check (cloud in ('sandbox', 'aws')),
  regions text[] not null check (cardinality(regions) > 0),
  -- {kind: sandbox | role | profile | ambient, ...}; never a secret
  credentials jsonb not null,
  -- the ExternalId of a role, sealed with the master key: it is what keeps others from having us assume their role
  sealed_external_id text,
  is_production boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- a row of one cloud can't have the credentials of the other
  check ((cloud = 'sandbox') = (credentials ->> 'kind' = 'sandbox'))
);
