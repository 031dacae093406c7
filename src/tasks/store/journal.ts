import type { Column } from '#platform/db/columns.ts'
import { rowsOf } from '#platform/db/columns.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Advance } from './advance-items.ts'

/** A row of the journal is kept below a page of the database, so that it is written in one piece. */
const mostCharacters = 7_500

/**
 * Where an item stands, as the journal has it: by position, not by name, since it is written for every step and read only
 * after a crash. The time is in ms since 1970, 0 for none; `flags` is the sum of 1 armed, 2 doubtful, 4 compensating.
 */
const placeOf = (advance: Advance): string =>
  JSON.stringify([
    advance.taskId,
    advance.ordinal,
    advance.account,
    advance.attempt,
    advance.move,
    advance.step,
    advance.stepAttempt,
    advance.stepStartedAt?.getTime() ?? 0,
    (advance.isArmed ? 1 : 0) + (advance.isDoubtful ? 2 : 0) + (advance.isCompensating ? 4 : 0),
    advance.steps,
    advance.actual,
    advance.error,
  ])

const placeColumns = `(e->>0)::uuid as task_id, (e->>1)::int as ordinal, e->>2 as account, (e->>3)::int as attempt,
  (e->>4)::int as move, (e->>5)::int as step, (e->>6)::int as step_attempt,
  case when e->>7 <> '0' then to_timestamp((e->>7)::float8 / 1000) end as step_started_at,
  (e->>8)::int & 1 > 0 as is_armed, (e->>8)::int & 2 > 0 as is_doubtful, (e->>8)::int & 4 > 0 as is_compensating,
  e->9 as steps, case when json_typeof(e->10) <> 'null' then e->10 end as actual,
  case when json_typeof(e->11) <> 'null' then e->11 end as error`

/** As many rows as it takes. */
const linesOf = (advances: readonly Advance[]): string[] => {
  const lines: string[] = []
  let line = ''
  for (const place of advances.map(placeOf)) {
    if (line !== '' && line.length + place.length > mostCharacters) {
      lines.push(`[${line}]`)
      line = ''
    }
    line += line === '' ? place : `,${place}`
  }
  lines.push(`[${line}]`)
  return lines
}

const lineRows = rowsOf<{ places: string; n: number }>({
  places: ['text', ({ places }) => places],
  n: ['int', ({ n }) => n],
})

/**
 * Puts on record where a worker's items stand, in a row or a few however many they are: their own rows follow when they
 * end, wait, or stay where they are for a moment. False when the lease has run out: then nothing was written, and what the
 * items' next holder finds is what was there before.
 *
 * The lease's row is locked against being given up (`recoverItems`), so a place is either there when the journal is
 * carried over, or never.
 */
export const appendJournal = async (
  sql: Sql,
  worker: string,
  seq: number,
  advances: readonly Advance[],
): Promise<boolean> => {
  const rows = await sql.query({
    name: 'journal.append',
    text: `with held as materialized (select id from workers where id = $1 and lease_until > now() for share)
      insert into journal (worker, seq, places)
      select id, $2::bigint + n, places from held, ${lineRows.from('l', 3)} returning seq`,
    values: [worker, seq, ...lineRows.values(linesOf(advances).map((places, n) => ({ places, n })))],
  })
  return rows.length > 0
}

/** Forgets what stands in the items' own rows by now: everything of that worker before `seq`. */
export const trimJournal = (sql: Sql, worker: string, seq: number): Promise<unknown> =>
  sql.query({
    name: 'journal.trim',
    text: 'delete from journal where worker = $1 and seq < $2',
    values: [worker, seq],
  })

/** The journal of workers without a lease, once nothing is running under them any more. */
export const deleteDeadJournals = (sql: Sql): Promise<unknown> =>
  sql.query({
    name: 'journal.delete-dead',
    text: `delete from journal j
      where not exists (select 1 from workers w where w.id = j.worker and lease_until > now())
        and not exists (select 1 from items i where i.worker = j.worker and i.status = 'running')`,
  })

/**
 * Carries the newest entry of each item over into the item's row, of these workers. To be called when nobody can append to
 * their journals any more, or by the worker itself.
 */
export const carryOverJournal = (sql: Sql, workers: readonly string[]): Promise<unknown> =>
  sql.query({
    name: 'journal.carry-over',
    text: `with newest as materialized (
        select distinct on (task_id, ordinal, account) p.*, ${heldColumn}
        from (
          select j.worker, ${placeColumns}
          from journal j, json_array_elements(j.places::json) as x(e)
          where j.worker = any ($1::uuid[])) p
        order by task_id, ordinal, account, attempt desc, move desc)
      update items i set ${progressAssignments('n')}
      from newest n where ${ofItsClaim('n')} and i.move < n.move`,
    values: [workers],
  })

/** Where an item stands, with the claim by which its worker may say so. */
export const progressColumns: Record<string, Column<Advance>> = {
  worker: ['uuid', ({ worker }) => worker],
  task_id: ['uuid', ({ taskId }) => taskId],
  ordinal: ['int', ({ ordinal }) => ordinal],
  account: ['text', ({ account }) => account],
  attempt: ['int', ({ attempt }) => attempt],
  move: ['int', ({ move }) => move],
  step: ['int', ({ step }) => step],
  step_attempt: ['int', ({ stepAttempt }) => stepAttempt],
  step_started_at: ['timestamptz', ({ stepStartedAt }) => stepStartedAt],
  is_armed: ['bool', ({ isArmed }) => isArmed],
  is_doubtful: ['bool', ({ isDoubtful }) => isDoubtful],
  is_compensating: ['bool', ({ isCompensating }) => isCompensating],
  steps: ['json', ({ steps }) => steps],
  actual: ['json', ({ actual }) => actual],
  error: ['json', ({ error }) => error],
}

export const progressAssignments = (from: string): string =>
  `move = ${from}.move, step = ${from}.step, step_attempt = ${from}.step_attempt, step_started_at = ${from}.step_started_at,
    is_armed = ${from}.is_armed, is_doubtful = ${from}.is_doubtful, is_compensating = ${from}.is_compensating,
    steps = ${from}.steps, actual = ${from}.actual, error = ${from}.error`

/**
 * The fence: the item `i` is still in the hands of that worker, by the same claim. What is written comes from a materialized
 * CTE that has this column:
 */
export const heldColumn = `'running' as held`
/**
 * Written so that the planner has nothing but the key to go by. A condition on the status alone, or on the worker, makes it
 * scan all items for them, since it never knows how many there are (150-190 us an item for the whole statement instead of 117, a busy machine).
 */
export const ofItsClaim = (from: string): string =>
  `i.task_id = ${from}.task_id and i.ordinal = ${from}.ordinal and i.account = ${from}.account
    and i.worker is not distinct from ${from}.worker and i.attempt = ${from}.attempt and i.status = ${from}.held`
