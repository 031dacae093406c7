-- Organizations whose accounts somebody has looked through: they are looked through again once a day, and people are told of
-- accounts that are new since, and of accounts here that were closed.
create table organization_watches (
  account text primary key references accounts on delete cascade, -- whose credentials may list the organization's accounts
  seen text[] not null, -- accounts that were there when somebody last looked
  next_at timestamptz not null,
  looked_at timestamptz not null default now(),
  last_error text
);
