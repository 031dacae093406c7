import type { Sql } from '#platform/db/database.ts'
import type { Operation } from '../operation.ts'
import { heldAt } from './calendar.ts'
import type { CalendarFreeze, Held } from './calendar.ts'
import { dropHold, earliestUnbegun, moveUnbegun, putHold, unbegunItems } from './held-items.ts'
import type { FirstActs, Unbegun } from './held-items.ts'
import { liveFreezes } from './store.ts'

/** What has to be moved: to the end of a freeze, or back to where it was before because the freeze is no more. */
export type Move = Unbegun & { to: Date; held: Held | null }

export const firstActsOf = (operations: readonly Operation[]): FirstActs =>
  operations.map(({ name, version, steps }) => ({
    operation: name,
    version,
    step: Math.max(
      0,
      steps.findIndex(({ kind }) => kind === 'act'),
    ),
  }))

/** What freezes make of the beginnings of tasks. What an earlier freeze held is judged by when it would begin without it. */
export const movesOf = (unbegun: readonly Unbegun[], freezes: readonly CalendarFreeze[], now: Date): Move[] =>
  unbegun.flatMap((items) => {
    const wanted = items.heldUntil === null ? items.readyAt : later(now, items.notBefore)
    const held = heldAt(freezes, items, wanted)
    const to = held?.until ?? wanted
    return to.getTime() === items.readyAt.getTime() ? [] : [{ ...items, to, held }]
  })

const later = (a: Date, b: Date | null): Date => (b !== null && b > a ? b : a)

/**
 * Holds what would begin of one task in a freeze until the freeze is over, and lets go what no freeze holds any more. In the
 * caller's transaction, which has the task's row locked. What has begun goes on: half a change is worse than either.
 */
export const applyFreezes = async (sql: Sql, firstActs: FirstActs, taskId: string, now: Date): Promise<Move[]> => {
  const freezes = await liveFreezes(sql, now)
  const moves = movesOf(await unbegunItems(sql, firstActs, now, taskId), freezes, now)
  const moved: Move[] = []
  for (const move of moves) {
    const { account, region, readyAt: from, to, held } = move
    const firstAct = firstActOf(firstActs, move)
    const place = { taskId, account, region }
    if ((await moveUnbegun(sql, { ...place, firstAct, from, now, to })) === 0) continue
    moved.push(move)
    if (held === null) await dropHold(sql, place)
    else await putHold(sql, { ...place, freezeId: held.freeze.id, freezeName: held.freeze.name, until: held.until })
  }
  return moved
}

const firstActOf = (firstActs: FirstActs, { operation, operationVersion }: Unbegun): number =>
  firstActs.find((one) => one.operation === operation && one.version === operationVersion)?.step ?? 0

/** What is due now by the database's clock is not "later" by a clock that is a little behind. */
const clockSkewMs = 1_000

/** The status of a released task of which nothing has begun: whether anything may now. */
export const statusOfUnbegun = async (sql: Sql, taskId: string, now: Date): Promise<'scheduled' | 'queued'> => {
  const earliest = await earliestUnbegun(sql, taskId)
  return earliest !== null && earliest.getTime() - now.getTime() > clockSkewMs ? 'scheduled' : 'queued'
}
