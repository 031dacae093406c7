-- Calls travel for unequal times, and where a machine stalls for a moment several arrive at once: AWS then throttles one in a few
-- hundred that were well within its quota. Five of those taught a smaller refill, and a bulk change of half an hour lost a tenth of its
-- pace and more. A throttle after a hundred calls in a row that AWS accepted is an accident from now on: it costs its moment
-- (the bucket is drained and slowed down as before) and teaches nothing.
alter table quota_buckets add column succeeded bigint not null default 0; -- calls since the last throttle

-- As before (0091), but for `succeeded`.
create or replace function grant_quota(
  names text[], capacities double precision[], refills double precision[], needs double precision[],
  slice uuid, line uuid, is_interactive boolean,
  settled uuid[], settled_seconds_ago double precision, successes int, speed double precision
) returns double precision language plpgsql volatile as $$
declare
  bucket quota_buckets;
  learned quota_learned;
  moment timestamptz;
  is_first boolean;
  released_at timestamptz;
  held_before double precision;
  held_after double precision;
  kept_ids uuid[];
  kept_tokens double precision[];
  kept_expires timestamptz[];
  capacity_now double precision;
  rate double precision;
  need double precision;
  wait double precision := 0;
  levels double precision[] := '{}';
  taken double precision[] := '{}';
begin
  for i in 1 .. cardinality(names) loop
    perform 1 from quota_buckets where name = names[i] for update;
    if not found then
      insert into quota_buckets_seen (name) values (names[i]) on conflict do nothing;
      is_first := found;
      select * into learned from quota_learned where name = names[i];
      insert into quota_buckets (name, tokens, updated_at, capacity_share, refill_share, probed_at)
        values (names[i], case when is_first then capacities[i] else 0 end,
          -- A crash took the slices that were under way with it; they may be spent for one more second.
          clock_timestamp() + case when is_first then interval '0' else interval '1 second' end,
          coalesce(learned.capacity_share, 1), coalesce(learned.refill_share, 1), clock_timestamp())
        on conflict do nothing;
      perform 1 from quota_buckets where name = names[i] for update;
    end if;
  end loop;
  moment := clock_timestamp();

  for i in 1 .. cardinality(names) loop
    select * into bucket from quota_buckets where name = names[i];
    if least(bucket.capacity_share, bucket.refill_share) < 1
      and moment - greatest(bucket.probed_at, bucket.throttled_at) > make_interval(secs => 600 / speed) then
      bucket.capacity_share := least(1, bucket.capacity_share * 1.1);
      bucket.refill_share := least(1, bucket.refill_share * 1.1);
      bucket.probed_at := moment;
      if least(bucket.capacity_share, bucket.refill_share) < 1 then
        update quota_learned set capacity_share = bucket.capacity_share, refill_share = bucket.refill_share
          where name = names[i];
      else
        delete from quota_learned where name = names[i];
      end if;
    end if;
    capacity_now := capacities[i] * bucket.capacity_share;
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
    rate := refills[i] * bucket.refill_share * bucket.pace;
    -- Refilled in two stretches: up to the moment when the slices were spent, and since.
    bucket.tokens := least(bucket.tokens, capacity_now);
    bucket.tokens := greatest(bucket.tokens, least(capacity_now - held_before,
      bucket.tokens + rate * greatest(0, extract(epoch from released_at - bucket.updated_at))));
    bucket.tokens := greatest(bucket.tokens, least(capacity_now - held_after,
      bucket.tokens + rate * greatest(0, extract(epoch from moment - released_at))));
    -- A call that needs more than the bucket can ever hold goes out with all of it; AWS will say what it thinks of it.
    need := least(needs[i], capacity_now);
    if bucket.tokens < need - 1e-9 then
      wait := greatest(wait, 0.001, (need - bucket.tokens) / rate);
    end if;
    if not is_interactive and bucket.interactive_until > moment then
      wait := greatest(wait, 0.001, extract(epoch from bucket.interactive_until - moment));
    end if;
    if bucket.next_until > moment and bucket.next_line <> line and not is_interactive
      and bucket.tokens < bucket.next_need + need - 1e-9 then
      wait := greatest(wait, 0.001, (bucket.next_need + need - bucket.tokens) / rate);
    end if;
    levels := levels || bucket.tokens;
    taken := taken || need;
    update quota_buckets set
      tokens = bucket.tokens, updated_at = greatest(moment, updated_at), pace = bucket.pace, succeeded = bucket.succeeded + successes, capacity = capacities[i], refill = refills[i],
      capacity_share = bucket.capacity_share, refill_share = bucket.refill_share, probed_at = bucket.probed_at,
      slice_ids = kept_ids, slice_tokens = kept_tokens, slice_expires = kept_expires
      where name = names[i];
  end loop;

  if wait > 0 then
    for i in 1 .. cardinality(names) loop
      update quota_buckets set next_line = line, next_need = taken[i],
        next_until = moment + make_interval(secs => least(wait, 1) + 0.25)
        where name = names[i] and (next_until <= moment or next_line = line or is_interactive);
    end loop;
    if is_interactive then
      -- Holds until this caller has asked again, with some room for it to be late.
      update quota_buckets set
        interactive_until = greatest(interactive_until, moment + make_interval(secs => least(wait, 1) + 0.25))
        where name = any (names);
    end if;
    return wait;
  end if;

  for i in 1 .. cardinality(names) loop
    update quota_buckets set
      tokens = levels[i] - taken[i],
      slice_ids = slice_ids || slice,
      slice_tokens = slice_tokens || taken[i],
      slice_expires = slice_expires || (moment + interval '1 second'),
      next_until = case when next_line = line then '-infinity' else next_until end
      where name = names[i];
  end loop;
  return 0;
end
$$;

-- As before (0091), but for `succeeded`.
create or replace function throttle_quota(names text[], speed double precision) returns void language plpgsql volatile as $$
declare
  bucket quota_buckets;
  moment timestamptz;
  short text;
  is_cut boolean;
  isnt_early boolean;
begin
  perform 1 from quota_buckets where name = any (names) order by name for update;
  moment := clock_timestamp();
  select q.name into short from quota_buckets q where q.name = any (names) and q.capacity > 0
    order by q.tokens / (q.capacity * q.capacity_share), q.name limit 1;
  for bucket in select * from quota_buckets where name = any (names) loop
    is_cut := moment - bucket.paced_at >= make_interval(secs => 1 / speed);
    if is_cut and bucket.name = short then
      if moment - bucket.throttled_at > make_interval(secs => 120 / speed) or bucket.succeeded >= 100 then
        bucket.throttles := 0;
        bucket.throttled_pace := 0;
      end if;
      if bucket.succeeded >= 100 then
        bucket.early_throttles := 0;
        bucket.early_spent := 0;
      end if;
      bucket.succeeded := 0;
      bucket.throttles := bucket.throttles + 1;
      bucket.throttled_pace := bucket.throttled_pace + (bucket.pace - bucket.throttled_pace) / bucket.throttles;
      isnt_early := bucket.tokens < bucket.capacity * bucket.capacity_share / 4;
      bucket.early_throttles := case when isnt_early then 0 else bucket.early_throttles + 1 end;
      bucket.early_spent := case when isnt_early then 0
        else greatest(bucket.early_spent, bucket.capacity * bucket.capacity_share - bucket.tokens) end;
      if bucket.throttles >= 5 or bucket.early_throttles >= 3 then
        if bucket.throttles >= 5 then
          bucket.refill_share := greatest(0.05, bucket.refill_share * least(1, bucket.throttled_pace) * 0.9);
          bucket.pace := 1;
        end if;
        if bucket.early_throttles >= 3 then
          bucket.capacity_share := greatest(least(1, 1 / bucket.capacity), bucket.early_spent / bucket.capacity);
        end if;
        insert into quota_learned (name, capacity_share, refill_share, learned_at, throttles, why)
          values (bucket.name, bucket.capacity_share, bucket.refill_share, moment,
            case when bucket.throttles >= 5 then bucket.throttles else bucket.early_throttles end,
            case when bucket.throttles >= 5
              then format('%s throttles in a row, at %s %% of the planned pace', bucket.throttles, round((bucket.throttled_pace * 100)::numeric))
              else format('%s throttles in a row of a bucket that should have been a quarter full or more', bucket.early_throttles) end)
          on conflict (name) do update set capacity_share = excluded.capacity_share, refill_share = excluded.refill_share,
            learned_at = excluded.learned_at, throttles = excluded.throttles, why = excluded.why;
        bucket.throttles := 0;
        bucket.throttled_pace := 0;
        bucket.early_throttles := 0;
        bucket.early_spent := 0;
      else
        bucket.pace := greatest(0.05, bucket.pace * 0.7);
      end if;
      bucket.throttled_at := moment;
    elsif is_cut then
      bucket.pace := greatest(0.05, bucket.pace * 0.7);
    end if;
    update quota_buckets set tokens = least(bucket.tokens, 0), updated_at = greatest(updated_at, moment),
      pace = bucket.pace, paced_at = case when is_cut then moment else paced_at end,
      refill_share = bucket.refill_share, capacity_share = bucket.capacity_share, throttled_at = bucket.throttled_at,
      throttles = bucket.throttles, throttled_pace = bucket.throttled_pace, early_throttles = bucket.early_throttles,
      early_spent = bucket.early_spent, succeeded = bucket.succeeded
      where name = bucket.name;
  end loop;
end
$$;
