-- Which resource refers to which: written with the row that it follows from. What is referred to may not be in the inventory.
create table resource_edges (
  account text not null,
  region text not null,
  from_id text not null, -- the ARN
  from_type text not null,
  kind text not null, -- what the other one is to this one: volume, security-group
  to_type text not null,
  to_ref text not null, -- ARN, or what AWS calls it: i-0123..., the name of a log group
  primary key (account, from_id, kind, to_ref)
);
create index resource_edges_to on resource_edges (to_ref, to_type, kind);

-- So that the next sweep writes every row once more, with its edges; what hasn't changed makes no version in the history.
update resources set content_hash = '' where deleted_at is null;
