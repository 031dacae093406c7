import type { WatchedAlarm } from '#contracts/bulk.ts'
import type { Sql } from '#platform/db/database.ts'

export type Watch = {
  alarms: string[]
  known: Record<string, string>
  quiet_at: Date | null
  problem: string | null
  paused_by: string | null
}

/** The alarms of a new task. What rang when it was planned is known: it counts when it goes off again. */
export const insertWatch = (sql: Sql, taskId: string, alarms: readonly WatchedAlarm[]): Promise<unknown> =>
  sql.query({
    name: 'watched.insert',
    text: `insert into watched_alarms (task_id, alarms, known) values ($1, $2, $3)`,
    values: [
      taskId,
      alarms.map(({ id }) => id),
      JSON.stringify(
        Object.fromEntries(alarms.flatMap(({ id, ringsSince }) => (ringsSince === null ? [] : [[id, ringsSince]]))),
      ),
    ],
  })

export const findWatch = async (sql: Sql, taskId: string): Promise<Watch | undefined> => {
  const [row] = await sql.query<Watch>({
    name: 'watched.find',
    text: `select alarms, known, quiet_at, problem, paused_by from watched_alarms where task_id = $1`,
    values: [taskId],
  })
  return row
}

/** The accounts of a running task whose alarms are to be looked at now, for the clock that the looks go by. */
export const watchedAccounts = async (sql: Sql, taskId: string): Promise<{ accounts: string[] } | undefined> => {
  const [row] = await sql.query<{ accounts: string[] }>({
    name: 'watched.accounts',
    text: `select t.accounts from watched_alarms w join tasks t on t.id = w.task_id
      where w.task_id = $1 and w.look_at <= now() and t.started_at is not null
        and t.status in ('queued', 'running', 'waiting')`,
    values: [taskId],
  })
  return row
}

/**
 * Takes the look that is due, so that one of many conductors looks; should it die, the next look is due a pause later.
 * A soak that ends sooner brings it forward: at its end there is a look.
 */
export const takeLook = async (
  sql: Sql,
  taskId: string,
  pauseMs: number,
): Promise<{ alarms: string[]; known: Record<string, string>; at: Date } | undefined> => {
  const [row] = await sql.query<{ alarms: string[]; known: Record<string, string>; at: Date }>({
    name: 'watched.take-look',
    text: `update watched_alarms w
      set look_at = least(now() + make_interval(secs => $2), case when c.soak_until > now() then c.soak_until end)
      from conducted_tasks c
      where w.task_id = $1 and c.task_id = $1 and w.look_at <= now()
      returning w.alarms, w.known, now() as at`,
    values: [taskId, pauseMs / 1000],
  })
  return row
}

/** A soak begins: it is over when they were quiet at its end. */
export const lookAtEndOf = (sql: Sql, taskId: string, soakUntil: Date): Promise<unknown> =>
  sql.query({
    name: 'watched.look-at-end',
    text: `update watched_alarms set look_at = least(look_at, $2) where task_id = $1`,
    values: [taskId, soakUntil],
  })

/** None has gone off: what is still ringing was known, and what fell silent is forgotten. */
export const noteQuiet = (sql: Sql, taskId: string, at: Date, known: Record<string, string>): Promise<unknown> =>
  sql.query({
    name: 'watched.quiet',
    text: `update watched_alarms set quiet_at = greatest(quiet_at, $2), known = $3, problem = null where task_id = $1`,
    values: [taskId, at, JSON.stringify(known)],
  })

/** Some could not be read, which may pass. */
export const noteProblem = (sql: Sql, taskId: string, problem: string): Promise<unknown> =>
  sql.query({
    name: 'watched.problem',
    text: `update watched_alarms set problem = $2 where task_id = $1`,
    values: [taskId, problem],
  })

/** Why the task is paused; from then on that is known, so that it goes on when somebody resumes it. */
export const notePausedBy = (
  sql: Sql,
  taskId: string,
  pausedBy: string,
  known: Record<string, string>,
): Promise<unknown> =>
  sql.query({
    name: 'watched.paused-by',
    text: `update watched_alarms set paused_by = $2, known = $3, problem = null where task_id = $1`,
    values: [taskId, pausedBy, JSON.stringify(known)],
  })

/** Somebody resumes the task. */
export const forgetPausedBy = (sql: Sql, taskId: string): Promise<unknown> =>
  sql.query({
    name: 'watched.resumed',
    text: `update watched_alarms set paused_by = null, look_at = now() where task_id = $1 and paused_by is not null`,
    values: [taskId],
  })
