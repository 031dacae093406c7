-- Who is reading a single resource from AWS right now, so that all who want it wait for one read, and what AWS didn't know
-- a moment ago, so that it isn't asked again by every process. Nothing that matters lies here: after a crash it may be empty.
create unlogged table resource_looks (
  account text not null,
  region text not null,
  id text not null, -- the ARN
  look uuid not null, -- the newest look
  leased_until timestamptz, -- null: it has ended; past: whoever began it is taken for dead
  outcome text check (outcome in ('found', 'unknown', 'failed')), -- how it ended
  holds_until timestamptz, -- until then nobody needs to look again
  noted_at timestamptz not null default now(),
  primary key (account, region, id)
);
create index resource_looks_noted_at on resource_looks (noted_at);
