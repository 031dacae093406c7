-- Token buckets of the AWS APIs, one row for each account, Region and API, shared by all processes.
-- Unlogged: a bucket changes with every call, and what a crash of PostgreSQL loses is made good by starting empty.
create unlogged table quota_buckets (
  name text primary key,
  tokens double precision not null,
  updated_at timestamptz not null,
  -- share of the refill that is used; cut by a throttle, restored by successes
  pace double precision not null default 1,
  paced_at timestamptz not null default '-infinity',
  -- until then somebody waits interactively, and bulk calls get nothing
  interactive_until timestamptz not null default '-infinity',
  -- slices that were granted and are not known to be spent; they count against the capacity
  slice_ids uuid[] not null default '{}',
  slice_tokens double precision[] not null default '{}',
  slice_expires timestamptz[] not null default '{}'
) with (fillfactor = 50);

-- Which buckets were ever used. Logged, so that after a crash has emptied quota_buckets a bucket that was in use begins
-- empty (its tokens may be spent), while one that is used for the first time begins full.
create table quota_buckets_seen (name text primary key);

-- Takes one slice of tokens from all the named buckets, or from none. Returns 0 when it was granted, else the seconds
-- after which it is worth asking again.
--
-- A slice is spent some time after it was granted, at most 1 s (whoever holds it longer throws it away). Until it is known
-- to be spent it counts against the capacity: level + slices outstanding <= capacity at any moment, so whatever is spent
-- in a window of w seconds is at most capacity + refill * w. `settled` are slices of the caller that were spent, the last
-- of them `settled_seconds_ago`.
--
-- Names come sorted, so that two callers never lock in opposite order.
create function take_quota(
  names text[], capacities double precision[], refills double precision[], needs double precision[],
  slice uuid, is_interactive boolean,
  settled uuid[], settled_seconds_ago double precision, successes int
) returns double precision language plpgsql volatile as $$
declare
  bucket quota_buckets;
  moment timestamptz;
  is_first boolean;
  released_at timestamptz;
  held_before double precision;
  held_after double precision;
  kept_ids uuid[];
  kept_tokens double precision[];
  kept_expires timestamptz[];
  rate double precision;
  need double precision;
  wait double precision := 0;
  levels double precision[] := '{}';
begin
  for i in 1 .. cardinality(names) loop
    perform 1 from quota_buckets where name = names[i] for update;
    if not found then
      insert into quota_buckets_seen (name) values (names[i]) on conflict do nothing;
      is_first := found;
      insert into quota_buckets (name, tokens, updated_at)
        values (names[i], case when is_first then capacities[i] else 0 end, clock_timestamp())
        on conflict do nothing;
      perform 1 from quota_buckets where name = names[i] for update;
    end if;
  end loop;
  moment := clock_timestamp();

  for i in 1 .. cardinality(names) loop
    select * into bucket from quota_buckets where name = names[i];
    released_at := bucket.updated_at;
    held_before := 0;
    held_after := 0;
    kept_ids := '{}';
    kept_tokens := '{}';
    kept_expires := '{}';
    for s in 1 .. cardinality(bucket.slice_ids) loop
      held_before := held_before + bucket.slice_tokens[s];
      if bucket.slice_ids[s] = any (settled) then
        released_at := greatest(released_at, least(bucket.slice_expires[s], moment - make_interval(secs => settled_seconds_ago)));
      elsif bucket.slice_expires[s] <= moment then
        released_at := greatest(released_at, bucket.slice_expires[s]);
      else
        held_after := held_after + bucket.slice_tokens[s];
        kept_ids := kept_ids || bucket.slice_ids[s];
        kept_tokens := kept_tokens || bucket.slice_tokens[s];
        kept_expires := kept_expires || bucket.slice_expires[s];
      end if;
    end loop;
    bucket.pace := least(1, bucket.pace * 1.01 ^ successes);
    rate := refills[i] * bucket.pace;
    -- Refilled in two stretches: up to the moment when the slices were spent, and since.
    bucket.tokens := least(bucket.tokens, capacities[i]);
    bucket.tokens := greatest(bucket.tokens, least(capacities[i] - held_before,
      bucket.tokens + rate * greatest(0, extract(epoch from released_at - bucket.updated_at))));
    bucket.tokens := greatest(bucket.tokens, least(capacities[i] - held_after,
      bucket.tokens + rate * greatest(0, extract(epoch from moment - released_at))));
    -- A call that needs more than the bucket can ever hold goes out with all of it; AWS will say what it thinks of it.
    need := least(needs[i], capacities[i]);
    if bucket.tokens < need - 1e-9 then
      wait := greatest(wait, 0.001, (need - bucket.tokens) / rate);
    end if;
    if not is_interactive and bucket.interactive_until > moment then
      wait := greatest(wait, 0.001, extract(epoch from bucket.interactive_until - moment));
    end if;
    levels := levels || bucket.tokens;
    update quota_buckets set
      tokens = bucket.tokens, updated_at = moment, pace = bucket.pace,
      slice_ids = kept_ids, slice_tokens = kept_tokens, slice_expires = kept_expires
      where name = names[i];
  end loop;

  if wait > 0 then
    if is_interactive then
      -- Holds until this caller has asked again, with some room for it to be late.
      update quota_buckets set
        interactive_until = greatest(interactive_until, moment + make_interval(secs => least(wait, 1) + 0.25))
        where name = any (names);
    end if;
    return wait;
  end if;

  for i in 1 .. cardinality(names) loop
    need := least(needs[i], capacities[i]);
    update quota_buckets set
      tokens = levels[i] - need,
      slice_ids = slice_ids || slice,
      slice_tokens = slice_tokens || need,
      slice_expires = slice_expires || (moment + interval '1 second')
      where name = names[i];
  end loop;
  return 0;
end
$$;

-- AWS refused a call: somebody else draws from the same buckets, or they are smaller than we thought. They are taken to
-- be empty, and refill at 0.7 of their pace, cut at most once in `apart_seconds` (many calls may be refused at once).
create function drain_quota(names text[], apart_seconds double precision) returns void language plpgsql volatile as $$
begin
  perform 1 from quota_buckets where name = any (names) order by name for update;
  update quota_buckets set
    tokens = least(tokens, 0),
    pace = case
      when clock_timestamp() - paced_at < make_interval(secs => apart_seconds) then pace
      else greatest(0.05, pace * 0.7) end,
    paced_at = case
      when clock_timestamp() - paced_at < make_interval(secs => apart_seconds) then paced_at
      else clock_timestamp() end,
    updated_at = greatest(updated_at, clock_timestamp())
    where name = any (names);
end
$$;
