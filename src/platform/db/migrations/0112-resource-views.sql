-- Searches of the inventory that somebody keeps under a name, for themselves or for everybody.
create table resource_views (
  id uuid primary key,
  name text not null,
  query text not null,
  columns jsonb, -- names in their order; null: the usual ones
  sort text, -- null: by name
  is_shared boolean not null default false,
  owner_id text not null,
  owner jsonb not null, -- {id, email}
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- Of one person two views with one name could not be told apart.
create unique index resource_views_name on resource_views (owner_id, lower(name));
create index resource_views_shared on resource_views (id) where is_shared;
