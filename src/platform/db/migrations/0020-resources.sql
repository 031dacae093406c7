-- The inventory: a copy of what AWS last said, one row a resource. Rows are written only when their content changed
-- (content_hash), so a sweep over an unchanged estate writes nothing; when a row was last seen follows from its own
-- last_seen_at and from the last complete sweep of its partition, whichever is later.
create extension if not exists pg_trgm;

-- web-2 before web-10, and capitals beside small letters.
create collation natural_order (provider = icu, locale = 'und-u-kn-true');

create table resources (
  account text not null,
  id text not null, -- the ARN
  type text not null, -- ec2.instance
  service text not null, -- ec2: what a partition of the sync is made of
  region text not null,
  aws_id text not null, -- i-0123...: what AWS calls it within the account and Region
  name text,
  sort_name text not null collate natural_order, -- the name, else the AWS id
  name_key text not null, -- the name in small letters, as JavaScript makes them; empty for none
  state text,
  state_key text not null, -- the state likewise
  tags jsonb not null default '{}',
  cost_monthly_usd double precision,
  cost_source text,
  summary jsonb not null default '{}', -- the few fields that tables show
  config jsonb not null default '{}', -- AWS's whole description
  search_text text not null, -- small letters: name, ids, type, state, tags and summary values
  content_hash text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null, -- when the description that stands here was asked for: an older one never overwrites it
  changed_at timestamptz not null,
  deleted_at timestamptz,
  primary key (account, id)
) partition by hash (account);

create table resources_0 partition of resources for values with (modulus 8, remainder 0);
create table resources_1 partition of resources for values with (modulus 8, remainder 1);
create table resources_2 partition of resources for values with (modulus 8, remainder 2);
create table resources_3 partition of resources for values with (modulus 8, remainder 3);
create table resources_4 partition of resources for values with (modulus 8, remainder 4);
create table resources_5 partition of resources for values with (modulus 8, remainder 5);
create table resources_6 partition of resources for values with (modulus 8, remainder 6);
create table resources_7 partition of resources for values with (modulus 8, remainder 7);

create index resources_sort_name on resources (sort_name, id, account) where deleted_at is null;
create index resources_place on resources (account, region, type) where deleted_at is null;
create index resources_aws_id on resources (aws_id) where deleted_at is null;
create index resources_tags on resources using gin (tags) where deleted_at is null;
create index resources_search on resources using gin (search_text gin_trgm_ops) where deleted_at is null;
