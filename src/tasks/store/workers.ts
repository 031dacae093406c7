import type { Database, Sql } from '#platform/db/database.ts'
import { carryOverJournal } from './journal.ts'

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
 * Takes back what is held by no live lease. The items can be claimed again at once, as their worker's journal has them and
 * marked as doubtful: their current step may have taken effect. Any process can do this for all. It asks for the lease, not
 * for a list of dead workers, so an item claimed in the very moment its worker was given up is found as well.
 *
 * A lease that ran out is given up by writing to its row: a renewal, or a line of its journal, that is just being committed
 * is waited for, and one that comes later finds nothing to renew. Without that both could succeed.
 */
export const recoverItems = (db: Database): Promise<{ id: string; worker: string }[]> =>
  db.transaction(async (tx) => {
    await tx.query({
      name: 'workers.give-up',
      text: `update workers set lease_until = '-infinity' where lease_until <= now()`,
    })
    // Statements of their own: their snapshots have what the one before waited for.
    const lost = await tx.query<{ worker: string }>({
      name: 'workers.lost',
      // From one worker to the next along the index: ended items keep the name of their worker until they are archived.
      text: `with recursive known as (
          (select worker from items where worker is not null order by worker limit 1)
          union all
          select (select worker from items i where i.worker > k.worker order by i.worker limit 1)
          from known k where k.worker is not null)
        select worker from known k
        where worker is not null and not exists (select 1 from workers w where w.id = k.worker and w.lease_until > now())
          and exists (select 1 from items i where i.worker = k.worker and i.status = 'running')`,
    })
    if (lost.length === 0) return []
    const workers = lost.map(({ worker }) => worker)
    await carryOverJournal(tx, workers)
    return tx.query<{ id: string; worker: string }>({
      name: 'items.recover',
      text: `with lost as (
          select task_id, ordinal, account, worker from items where status = 'running' and worker = any ($1::uuid[])
          order by task_id, ordinal for no key update skip locked)
        update items i set status = case when in_wait then 'waiting' else 'pending' end, worker = null,
          ready_at = now(), is_doubtful = true, recoveries = recoveries + 1
        from lost where i.task_id = lost.task_id and i.ordinal = lost.ordinal and i.account = lost.account
        returning i.id, lost.worker`,
      values: [workers],
    })
  })

export const deleteDeadWorkers = (sql: Sql): Promise<unknown> =>
  sql.query({
    name: 'workers.delete-dead',
    text: `delete from workers where lease_until < now() - interval '10 minutes'`,
  })

/** Hands claimed items back: without doubt what was not begun; with doubt, and as the journal has them, what was left in the middle. */
export const releaseItems = (
  db: Database,
  items: readonly { account: string; taskId: string; ordinal: number; attempt: number }[],
  worker: string,
  how: { isDoubtful: boolean; inSeconds: number },
): Promise<unknown> =>
  db.transaction(async (tx) => {
    if (how.isDoubtful) await carryOverJournal(tx, [worker])
    return tx.query({
      name: 'items.release',
      text: `update items i set status = case when in_wait then 'waiting' else 'pending' end, worker = null,
          ready_at = now() + make_interval(secs => $6), is_doubtful = i.is_doubtful or $5
        from unnest($1::text[], $2::uuid[], $3::int[], $7::int[]) as r(account, task_id, attempt, ordinal)
        where i.task_id = r.task_id and i.ordinal = r.ordinal and i.account = r.account and i.attempt = r.attempt
          and i.worker = $4 and i.status = 'running'`,
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
  })

/**
 * Takes back what is held by that worker on record, but for the claims that it has in hand. Doubtful: it may have begun. By
 * attempt as well: a batch under way may still list an item that it parked and that was claimed again since. Its journal is
 * carried over first; of what it has in hand that brings forward what was to be written soon anyway.
 */
export const releaseStrays = (
  db: Database,
  worker: string,
  inHand: readonly { id: string; attempt: number }[],
): Promise<{ id: string }[]> =>
  db.transaction(async (tx) => {
    await carryOverJournal(tx, [worker])
    return tx.query({
      name: 'items.release-strays',
      text: `update items i set status = case when in_wait then 'waiting' else 'pending' end, worker = null,
          ready_at = now(), is_doubtful = true
        where status = 'running' and worker = $1
          and not exists (select 1 from unnest($2::uuid[], $3::int[]) as h(id, attempt) where h.id = i.id and h.attempt = i.attempt)
        returning id`,
      values: [worker, inHand.map((item) => item.id), inHand.map((item) => item.attempt)],
    })
  })

export const endLease = (sql: Sql, worker: string): Promise<unknown> =>
  sql.query({ name: 'workers.end', text: `delete from workers where id = $1`, values: [worker] })
