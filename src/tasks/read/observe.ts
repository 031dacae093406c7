import type { Sql } from '#platform/db/database.ts'
import { observedEnds } from '../store/observed-ends.ts'
import type { TaskRecord } from '../store/shapes.ts'
import { isComing, observedSeconds } from './expected-end.ts'
import type { PlaceEnds } from './expected-end.ts'

/**
 * So long what was observed of a wave is good. To read it takes 100 ms for 10,000 targets, and a page that somebody watches
 * is read three times a second.
 */
const keptMs = 2000

/** Tells how the current waves of tasks under way come along, by account and Region. */
export const createObserver = ({ db, now }: { db: Sql; now: () => Date }) => {
  const kept = new Map<string, { at: number; places: PlaceEnds[] }>()

  return async (
    tasks: readonly TaskRecord[],
    conducts: ReadonlyMap<string, { released: number }>,
  ): Promise<Map<string, PlaceEnds[]>> => {
    const at = now().getTime()
    for (const [key, one] of kept) if (Math.abs(at - one.at) >= keptMs) kept.delete(key)

    const places = new Map<string, PlaceEnds[]>()
    const missing: string[] = []
    // A new wave is looked at anew.
    const keyOf = (id: string): string => `${id} ${conducts.get(id)?.released ?? 1}`
    // One that was paused after its start is queued again.
    for (const { id, status, started_at: startedAt } of tasks) {
      if (startedAt === null || !isComing(status)) continue
      const known = kept.get(keyOf(id))
      if (known === undefined) missing.push(id)
      else places.set(id, known.places)
    }
    if (missing.length === 0) return places
    const found = Map.groupBy(await observedEnds(db, missing, new Date(at - observedSeconds * 1000)), ({ id }) => id)
    for (const id of missing) {
      const own = found.get(id) ?? []
      kept.set(keyOf(id), { at, places: own })
      places.set(id, own)
    }
    return places
  }
}
