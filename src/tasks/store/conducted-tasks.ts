import type { OnBudget, RunAfter } from '#contracts/bulk.ts'
import type { Sql } from '#platform/db/database.ts'
import type { TaskStatus } from './shapes.ts'

export type NewConduct = {
  taskId: string
  waveEnds: number[]
  /** 0 for a task that waits for others, else the first. */
  released: number
  soakSeconds: number
  errorBudget: number | null
  onBudget: OnBudget
  mostFailures: number | null
  isAfter: boolean
}

/** Files what a conductor needs of a new task, and holds what is not released yet. In the transaction of the task. */
export const insertConduct = async (sql: Sql, conduct: NewConduct): Promise<void> => {
  const releasedTo = conduct.released === 0 ? 0 : (conduct.waveEnds[conduct.released - 1] ?? 0)
  await sql.query({
    name: 'conducted.insert',
    text: `insert into conducted_tasks (task_id, wave_ends, released, released_to, released_at, soak_seconds, error_budget,
        on_budget, most_failures, is_after)
      values ($1, $2, $3, $4, case when $3 > 0 then array[now()] else '{}' end, $5, $6, $7, $8, $9)`,
    values: [
      conduct.taskId,
      conduct.waveEnds,
      conduct.released,
      releasedTo,
      conduct.soakSeconds,
      conduct.errorBudget,
      conduct.onBudget,
      conduct.mostFailures,
      conduct.isAfter,
    ],
  })
  await sql.query({
    name: 'conducted.hold',
    text: `update items set ready_at = null where task_id = $1 and ordinal >= $2 and ready_at is not null`,
    values: [conduct.taskId, releasedTo],
  })
}

export const insertPredecessors = (sql: Sql, taskId: string, predecessors: readonly RunAfter[]): Promise<unknown> =>
  sql.query({
    name: 'predecessors.insert',
    text: `insert into task_predecessors (task_id, predecessor_id, on_end)
      select $1, p, e from unnest($2::uuid[], $3::text[]) as given(p, e)`,
    values: [taskId, predecessors.map(({ task }) => task), predecessors.map(({ on }) => on)],
  })

/**
 * Tasks of which a conductor has something to do: they are over, used up their budget, a wave of theirs is over or has
 * soaked, a look at watched alarms is due, or what they waited for is over. Looks at the open ones only, and locks nothing.
 */
export const dueConducts = async (sql: Sql): Promise<{ due: string[]; open: number }> => {
  const rows = await sql.query<{ id: string; is_due: boolean }>({
    name: 'conducted.due',
    text: `select c.task_id as id, (
          t.id is null or t.finished_at is not null
          or (t.status in ('queued', 'scheduled', 'running', 'waiting', 'paused')
            and t.failed + t.compensated > c.most_failures)
          or (c.is_after and t.status <> 'cancelling' and (
            not exists (select 1 from task_predecessors p join tasks o on o.id = p.predecessor_id
              where p.task_id = c.task_id and o.finished_at is null)
            or exists (select 1 from task_predecessors p join tasks o on o.id = p.predecessor_id
              where p.task_id = c.task_id and p.on_end = 'succeeded' and o.finished_at is not null
                and o.status <> 'succeeded')))
          or (not c.is_after and t.status in ('queued', 'scheduled', 'running', 'waiting')
            and c.released_to < t.total and t.total - t.open >= c.released_to
            and (c.soak_until is null
              or c.soak_until <= now() and (w.task_id is null or w.quiet_at >= c.soak_until)))
          or (not c.is_after and t.status in ('queued', 'running', 'waiting') and t.started_at is not null
            and w.look_at <= now())
        ) is true as is_due
      from conducted_tasks c left join tasks t on t.id = c.task_id left join watched_alarms w on w.task_id = c.task_id
      where c.closed_at is null
      order by c.task_id`,
  })
  return { due: rows.filter((row) => row.is_due).map((row) => row.id), open: rows.length }
}

export type Conduct = {
  task_id: string
  wave_ends: number[]
  released: number
  released_to: number
  released_at: Date[]
  over_at: Date[]
  soak_seconds: number
  soak_until: Date | null
  error_budget: number | null
  on_budget: OnBudget
  most_failures: number | null
  is_after: boolean
  stopped_by: string | null
  undo_problem: string | null
  closed_at: Date | null
}

/** The row, locked; undefined when another conductor has it in hand or nothing is left to do. */
export const lockConduct = async (sql: Sql, taskId: string): Promise<Conduct | undefined> => {
  const [row] = await sql.query<Conduct>({
    name: 'conducted.lock',
    text: `select * from conducted_tasks where task_id = $1 and closed_at is null for update skip locked`,
    values: [taskId],
  })
  return row
}

export const findConduct = async (sql: Sql, taskId: string): Promise<Conduct | undefined> => {
  const [row] = await sql.query<Conduct>({
    name: 'conducted.find',
    text: `select * from conducted_tasks where task_id = $1`,
    values: [taskId],
  })
  return row
}

export const findConducts = async (sql: Sql, taskIds: readonly string[]): Promise<Map<string, Conduct>> => {
  const rows = await sql.query<Conduct>({
    name: 'conducted.find-many',
    text: `select * from conducted_tasks where task_id = any($1)`,
    values: [taskIds],
  })
  return new Map(rows.map((row) => [row.task_id, row]))
}

/** How long a task soaks between its waves, and the accounts whose clock that goes by. */
export const soakAndAccounts = async (
  sql: Sql,
  taskId: string,
): Promise<{ seconds: number; accounts: string[] } | undefined> => {
  const [row] = await sql.query<{ seconds: number; accounts: string[] }>({
    name: 'conducted.soak',
    text: `select c.soak_seconds as seconds, t.accounts from conducted_tasks c join tasks t on t.id = c.task_id
      where c.task_id = $1`,
    values: [taskId],
  })
  return row
}

/** Lets the next wave be claimed, from that moment on; its items were held since the task was filed. */
export const releaseWave = async (
  sql: Sql,
  conduct: Pick<Conduct, 'task_id' | 'released_to'>,
  next: { to: number; mostFailures: number | null; notBefore: Date | null },
): Promise<void> => {
  await sql.query({
    name: 'conducted.release',
    text: `update conducted_tasks set released = released + 1, released_to = $2, most_failures = $3, soak_until = null,
        is_after = false, released_at = released_at || greatest(now(), $4)
      where task_id = $1`,
    values: [conduct.task_id, next.to, next.mostFailures, next.notBefore],
  })
  await sql.query({
    name: 'conducted.release-items',
    text: `update items set ready_at = greatest(now(), $4)
      where task_id = $1 and ordinal >= $2 and ordinal < $3 and status = 'pending' and ready_at is null`,
    values: [conduct.task_id, conduct.released_to, next.to, next.notBefore],
  })
}

/** What a task waited for is over while it awaits approval or is paused: who lets it go on releases its first wave. */
export const endAfter = (sql: Sql, taskId: string, next: { to: number; mostFailures: number | null }) =>
  sql.query({
    name: 'conducted.end-after',
    text: `update conducted_tasks set is_after = false, released = 1, released_to = $2, most_failures = $3,
        released_at = array[now()] where task_id = $1`,
    values: [taskId, next.to, next.mostFailures],
  })

/** A wave is over; until then the next one is held. */
export const endWave = (sql: Sql, taskId: string, soakUntil: Date | null): Promise<unknown> =>
  sql.query({
    name: 'conducted.end-wave',
    text: `update conducted_tasks set over_at = over_at || now(), soak_until = $2 where task_id = $1`,
    values: [taskId, soakUntil],
  })

export const noteStop = (sql: Sql, taskId: string, code: string): Promise<unknown> =>
  sql.query({
    name: 'conducted.stop',
    text: `update conducted_tasks set stopped_by = $2, soak_until = null where task_id = $1`,
    values: [taskId, code],
  })

export const closeConduct = (sql: Sql, taskId: string, undoProblem: string | null): Promise<unknown> =>
  sql.query({
    name: 'conducted.close',
    text: `update conducted_tasks set closed_at = now(), undo_problem = $2, soak_until = null,
        over_at = case when cardinality(over_at) < released then over_at || now() else over_at end
      where task_id = $1 and closed_at is null`,
    values: [taskId, undoProblem],
  })

/** Whether a task still waits for others to be over. */
export const isAfterOthers = async (sql: Sql, taskId: string): Promise<boolean> => {
  const rows = await sql.query({
    name: 'conducted.is-after',
    text: `select 1 from conducted_tasks where task_id = $1 and is_after`,
    values: [taskId],
  })
  return rows.length > 0
}

export type Predecessor = { id: string; on_end: RunAfter['on']; status: TaskStatus | null; operation: string | null }

/** What a task waits for, or waited for; without a status where it is not kept any more. */
export const predecessorsOf = (sql: Sql, taskId: string): Promise<Predecessor[]> =>
  sql.query({
    name: 'predecessors.of',
    text: `select p.predecessor_id as id, p.on_end, t.status, t.operation
      from task_predecessors p left join all_tasks t on t.id = p.predecessor_id
      where p.task_id = $1 order by p.predecessor_id`,
    values: [taskId],
  })

/** The tasks that wait, or waited, for this one. */
export const followersOf = (
  sql: Sql,
  taskId: string,
): Promise<{ id: string; status: TaskStatus; operation: string }[]> =>
  sql.query({
    name: 'predecessors.followers',
    text: `select t.id, t.status, t.operation from task_predecessors p join all_tasks t on t.id = p.task_id
      where p.predecessor_id = $1 order by t.id limit 100`,
    values: [taskId],
  })
