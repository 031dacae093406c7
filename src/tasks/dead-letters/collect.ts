import type { Sql } from '#platform/db/database.ts'
import type { Operation } from '../operation.ts'
import { mostAttempts } from '../worker/retry.ts'

/** Codes of the machinery itself. Any other is AWS's answer, or an operation's. */
const machineryCodes = [
  'outcome_unknown',
  'compensation_failed',
  'worker_lost',
  'result_unrecordable',
  'operation_unknown',
  'account_not_found',
]
/** Failures of these are final at once, however often the step was tried before. */
const neverRetried = ['timed_out', 'drifted', 'operation_failed']
/** Fewer tries than this no kind of failure is given up after. */
const fewestTries = Math.min(...Object.values(mostAttempts))

const list = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ')

/**
 * Why an item `i` of the task `t` is a dead letter, or null. A step that waits counts its looks as attempts, so its failure
 * says nothing: `waits` names such steps as "<operation> <step>".
 */
const causeOf = (waits: string): string => `case
  when i.error->>'code' in (${list(machineryCodes)}) then i.error->>'code'
  when (i.steps->-1->>'attempt')::int >= ${fewestTries} and i.error->>'code' not in (${list(neverRetried)})
    and (t.operation || ' ' || (i.steps->-1->>'name')) <> all(${waits}) then 'attempts_exhausted' end`

/**
 * The INSERT of dead letters alone, for a statement that has the items at hand. `source` is what follows FROM: rows `i` of
 * items with their tasks' rows `t`. What is known already is left as it is.
 */
export const deadLettersInsert = (source: string, waits: string): string =>
  `insert into dead_letters (id, task_id, ordinal, account, region, target_id, target_name, operation, cause, error, step,
      attempts, workers_lost, requested_by)
    select i.id, i.task_id, i.ordinal, i.account, i.region, i.target_id, i.target_name, t.operation, ${causeOf(waits)},
      i.error, i.steps->-1->>'name', coalesce((i.steps->-1->>'attempt')::int, i.step_attempt), i.recoveries, t.requested_by
    from ${source} where i.status = 'failed' and i.error is not null and ${causeOf(waits)} is not null
    on conflict (id) do nothing`

/** Steps that wait for AWS, as `causeOf` names them. */
export const waitsOf = (operations: readonly Operation[]): string[] =>
  operations.flatMap(({ name, steps }) =>
    steps.filter(({ kind }) => kind === 'wait').map((step) => `${name} ${step.name}`),
  )

/** Finds the dead letters among the items of live tasks. Returns how many are new. */
export const collectDeadLetters = async (sql: Sql, waits: readonly string[]): Promise<number> => {
  const rows = await sql.query({
    name: 'dead-letters.collect',
    text: `${deadLettersInsert('items i join tasks t on t.id = i.task_id', '$1::text[]')} returning id`,
    values: [waits],
  })
  return rows.length
}
