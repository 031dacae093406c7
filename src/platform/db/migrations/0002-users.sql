-- People who sign in. Rows are never deleted: the audit log and old tasks point at them.
create table users (
  id uuid primary key,
  email text not null check (email = lower(email)),
  password_hash text not null, -- PHC string (argon2id)
  roles text[] not null check (cardinality(roles) > 0),
  has_initial_password boolean not null default false, -- the generated first password is still in its file
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  disabled_at timestamptz,
  deleted_at timestamptz
);
-- An address is free again once its user was deleted.
create unique index users_email on users (email) where deleted_at is null;

-- Failed sign-ins by address, known or not, so that the answer does not tell whether an account exists. The key is a
-- keyed hash: people do type their password into the wrong field.
create table sign_in_failures (
  email_hash bytea primary key,
  failures int not null,
  last_failure_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_failures_age on sign_in_failures (last_failure_at);

-- Ed25519 keys that sign access tokens. The private half is sealed by the master key.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  sealed_private_key text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz -- signs no more; still verifies until the last token signed by it is over
);
