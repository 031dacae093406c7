-- What became of each resource. A version stands for one real change; the resource's row is the newest state, and the
-- changes of the versions after a moment, taken back one by one, lead to the state that it had then. So what didn't change
-- costs nothing, and the oldest versions can go at any time. Versions of one resource are written under the lock of its
-- row, so they are one chain however many writers there are.
create table resource_versions (
  account text not null,
  id text not null, -- the ARN
  version int not null, -- 1, 2, 3 without a gap; retention takes the lowest
  at timestamptz not null, -- valid from: when AWS was asked for what showed it first; never before the version before
  kind text not null check (kind in ('created', 'changed', 'gone', 'back')),
  type text not null,
  region text not null,
  name text,
  changes jsonb not null default '[]', -- [{path, index?, before?, after?}], from the version before to this one
  state jsonb, -- {name, state, tags, summary, config} as a whole: of what is gone, and of every 50th version
  primary key (account, id, version)
);
-- What changed in the whole estate, newest first, and what is too old.
create index resource_versions_at on resource_versions (at desc, account, id, version desc);
