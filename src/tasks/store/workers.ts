import type { Sql } from '#platform/db/database.ts'

/** Extends the lease of a worker; false when it ran out meanwhile, so that what it held may be in other hands. */
export const renewLease = async (sql: Sql, worker: string, leaseSeconds: number): Promise<boolean> => {
  const rows = await sql.query({
    name: 'workers.renew',
    text: `update workers set lease_until = now() + make_interval(secs => $2)
      where id = $1 and lease_until > now() returning id`,
    values: [worker, leaseSeconds],
  })
  return rows.length === 1
}

export const insertWorker = (
  sql: Sql,
  worker: { id: string; host: string; pid: number; leaseSeconds: number },
): Promise<unknown> =>
  sql.query({
    name: 'workers.insert',
    text: `insert into workers (id, host, pid, lease_until) values ($1, $2, $3, now() + make_interval(secs => $4))`,
    values: [worker.id, worker.host, worker.pid, worker.leaseSeconds],
  })

/**
 * Takes back what is held by no live lease. The items can be claimed again at once, marked as doubtful: their current step
 * may have taken effect. Any process can do this for all. It asks for the lease, not for a list of dead workers, so an item
 * claimed in the very moment its worker was given up is found as well.
 *
 * A lease that ran out is given up by writing to its row: a renewal that is just being committed is waited for, and one that
 * comes later finds nothing to renew. Without that both could succeed.
 */
export const recoverItems = (sql: Sql): Promise<{ id: string; worker: string }[]> =>
  sql.query({
    name: 'items.recover',
    text: `with given_up as (
        update workers set lease_until = '-infinity' where lease_until <= now() returning id),
      lost as (
        select task_id, ordinal, account, worker from items i
        where status = 'running' and (exists (select 1 from given_up g where g.id = i.worker)
          or not exists (select 1 from workers w where w.id = i.worker))
        for no key update skip locked)
      update items i set status = case when in_wait then 'waiting' else 'pending' end, worker = null,
        ready_at = now(), is_doubtful = true, recoveries = recoveries + 1
      from lost where i.task_id = lost.task_id and i.ordinal = lost.ordinal and i.account = lost.account
      returning i.id, lost.worker`,
  })

export const deleteDeadWorkers = (sql: Sql): Promise<unknown> =>
  sql.query({
    name: 'workers.delete-dead',
    text: `delete from workers where lease_until < now() - interval '10 minutes'`,
  })

/** Hands claimed items back: without doubt what was not begun, with doubt what was left in the middle. */
export const releaseItems = (
  sql: Sql,
  items: readonly { account: string; taskId: string; ordinal: number; attempt: number }[],
  worker: string,
  how: { isDoubtful: boolean; inSeconds: number },
): Promise<unknown> =>
  sql.query({
    name: 'items.release',
    text: `update items i set status = case when in_wait then 'waiting' else 'pending' end, worker = null,
        ready_at = now() + make_interval(secs => $6), is_doubtful = i.is_doubtful or $5
      from unnest($1::text[], $2::uuid[], $3::int[], $7::int[]) as r(account, task_id, attempt, ordinal)
      where i.task_id = r.task_id and i.ordinal = r.ordinal and i.account = r.account and i.attempt = r.attempt and i.worker = $4`,
    values: [
      items.map((item) => item.account),
      items.map((item) => item.taskId),
      items.map((item) => item.attempt),
      worker,
      how.isDoubtful,
      how.inSeconds,
      items.map((item) => item.ordinal),
    ],
  })

/**
 * Takes back what is held by that worker on record, but for the claims that it has in hand. Doubtful: it may have begun. By
 * attempt as well: a batch under way may still list an item that it parked and that was claimed again since.
 */
export const releaseStrays = (
  sql: Sql,
  worker: string,
  inHand: readonly { id: string; attempt: number }[],
): Promise<{ id: string }[]> =>
  sql.query({
    name: 'items.release-strays',
    text: `update items i set status = case when in_wait then 'waiting' else 'pending' end, worker = null,
        ready_at = now(), is_doubtful = true
      where status = 'running' and worker = $1
        and not exists (select 1 from unnest($2::uuid[], $3::int[]) as h(id, attempt) where h.id = i.id and h.attempt = i.attempt)
      returning id`,
    values: [worker, inHand.map((item) => item.id), inHand.map((item) => item.attempt)],
  })

export const endLease = (sql: Sql, worker: string): Promise<unknown> =>
  sql.query({ name: 'workers.end', text: `delete from workers where id = $1`, values: [worker] })
