-- A session is one family of refresh tokens. The tokens themselves are not stored: a token is the session's id, its
-- generation and a MAC of both, and only the generation that is current may be used.
create table sessions (
  id uuid primary key,
  user_id uuid not null references users,
  generation int not null default 0,
  rotated_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null, -- whatever happens
  idle_expires_at timestamptz not null, -- unless it is refreshed before
  ip text,
  user_agent text,
  revoked_at timestamptz,
  revoked_reason text
);
create index sessions_live on sessions (user_id) where revoked_at is null;
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;
create index sessions_expiry on sessions (expires_at);

create table api_tokens (
  id uuid primary key,
  user_id uuid not null references users,
  name text not null,
  hash bytea not null unique, -- SHA-256; the token has 256 bits of randomness, so no salt and no slow hash
  scopes text[], -- null: not narrowed
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_reason text
);
create index api_tokens_live on api_tokens (user_id) where revoked_at is null;
create index api_tokens_revoked on api_tokens (revoked_at) where revoked_at is not null;

-- Tickets that open one WebSocket, redeemed by whichever gateway is asked. They live for 30 s: a crash may lose them.
create unlogged table socket_tickets (
  hash bytea primary key,
  principal jsonb not null,
  expires_at timestamptz not null
);
create index socket_tickets_expiry on socket_tickets (expires_at);
