import { rowsOf } from '#platform/db/columns.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Advance } from './advance-items.ts'
import { heldColumn, ofItsClaim, progressAssignments, progressColumns } from './journal.ts'

/** Whether an advance only takes an item from one step to the next: nothing of its task's own row moves with it. */
export const isStepOnly = (advance: Advance): boolean => advance.status === 'running' && !advance.wasInWait

const progressRows = rowsOf<Advance>(progressColumns)

/**
 * Brings the rows of items that are still with their worker up to what its journal says, so that others see it. Fenced; a
 * row that says more already is left alone. Returns the ids of those that were written.
 */
export const advanceSteps = async (sql: Sql, advances: readonly Advance[]): Promise<Set<string>> => {
  const rows = await sql.query<{ id: string }>({
    name: 'items.advance-steps',
    text: `with given as materialized (
        select *, ${heldColumn} from ${progressRows.from('a')})
      update items i set ${progressAssignments('a')}
      from given a
      where ${ofItsClaim('a')} and i.move < a.move
      returning i.id`,
    values: progressRows.values(advances),
  })
  return new Set(rows.map((row) => row.id))
}
