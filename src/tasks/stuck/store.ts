import type { Sql } from '#platform/db/database.ts'

export type StuckTask = { id: string; since: Date; why: string }

/**
 * Looks which tasks have moved since the last look, and which have not for longer than they may: three times what their plan
 * expects, waits and all, and never less than ten minutes. Returns those that are stuck since this look.
 *
 * A task moves when an item takes a step, ends or begins to be taken back; attempts are no moves. One whose items are all held,
 * or due later (a pause, a freeze, a wave, a long wait), isn't expected to.
 */
export const watchProgress = (
  sql: Sql,
  limits: { leastSeconds: number; factor: number; most: number },
): Promise<StuckTask[]> =>
  sql.query({
    name: 'tasks.watch-progress',
    text: `with live as materialized (
        select id, total - open as over, greatest($1::float8, $2 * (plan->'expectedSeconds'->>'total')::float8) as allowed
        from tasks where finished_at is null and id < uuidv7_floor(now() - make_interval(secs => $1))
          and status in ('queued', 'running', 'waiting', 'cancelling', 'compensating') order by id limit $3),
      seen as materialized (
        select l.id, l.allowed, concat_ws(' ', l.over, i.steps, i.taking_back) as mark, i.orphans, i.due, i.moving
        from live l, lateral (
          select coalesce(sum(step), 0) as steps, count(*) filter (where is_compensating) as taking_back,
            count(*) filter (where status = 'running' and not exists (
              select 1 from workers w where w.id = x.worker and w.lease_until > now())) as orphans,
            count(*) filter (where status in ('pending', 'waiting') and ready_at <= now()) as due,
            count(*) filter (where status = 'running' or ready_at <= now() + interval '2 minutes') as moving
          from items x where x.task_id = l.id and status in ('pending', 'running', 'waiting')) i),
      judged as materialized (
        select s.*, p.moved_at, p.stuck_since, coalesce(p.mark = s.mark and s.moving > 0, false) as stands,
          case when s.orphans > 0 then s.orphans || ' of its items are with workers whose lease is over, and nobody takes them over.'
            when s.due > 0 and not exists (select 1 from workers where lease_until > now())
              then s.due || ' of its items are due, and no worker is alive.'
            when s.due > 0 then s.due || ' of its items are due, and no worker takes them.'
            else 'None of its items has taken a step.' end as why
        from seen s left join task_progress p on p.task_id = s.id),
      gone as (
        delete from task_progress p where not exists (select 1 from seen s where s.id = p.task_id)),
      noted as (
        insert into task_progress as p (task_id, mark, moved_at, stuck_since, why)
        select id, mark, case when stands then moved_at else now() end,
          case when stands and moved_at < now() - make_interval(secs => allowed) then coalesce(stuck_since, now()) end,
          case when stands then why end
        from judged
        on conflict (task_id) do update set mark = excluded.mark, moved_at = excluded.moved_at,
          stuck_since = excluded.stuck_since, why = excluded.why)
      select id, now() as since, why from judged
      where stands and stuck_since is null and moved_at < now() - make_interval(secs => allowed)`,
    values: [limits.leastSeconds, limits.factor, limits.most],
  })

/** Those that are stuck, the longest first. */
export const listStuck = (sql: Sql, most: number): Promise<StuckTask[]> =>
  sql.query({
    name: 'tasks.stuck',
    text: `select task_id as id, stuck_since as since, why from task_progress where stuck_since is not null
      order by stuck_since, task_id limit $1`,
    values: [most],
  })

export const findStuck = async (sql: Sql, taskId: string): Promise<StuckTask | undefined> => {
  const [row] = await sql.query<StuckTask>({
    name: 'tasks.stuck-one',
    text: `select task_id as id, stuck_since as since, why from task_progress where task_id = $1 and stuck_since is not null`,
    values: [taskId],
  })
  return row
}
