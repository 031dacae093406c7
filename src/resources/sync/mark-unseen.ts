import type { Database } from '#platform/db/database.ts'
import { readUnseenCandidates, readUnseenOfService } from '../store/write.ts'
import { locate } from '../types/registry.ts'
import type { Reading } from '../types/registry.ts'
import type { Apply } from './apply.ts'

const page = 5_000

/** Marks as gone what a listing holds in full and did not show: all that was last seen before it began, but for `seen`. */
export const markUnseen = async (
  { db, apply }: { db: Database; apply: Apply },
  { account, region, holds }: { account: string; region: string; holds: Exclude<Reading['holds'], 'more'> },
  seen: { has: (id: string) => boolean },
  began: Date,
): Promise<void> => {
  const read = (after: string): Promise<string[]> =>
    'type' in holds
      ? readUnseenCandidates(db, { account, region, ...holds }, began, after, page)
      : readUnseenOfService(db, { account, region, ...holds }, began, after, page)
  for (let after = '', isMore = true; isMore;) {
    const candidates = await read(after)
    const unseen = candidates.filter((id) => !seen.has(id))
    const typeOf = (id: string): string => ('type' in holds ? holds.type : (locate(id)?.type.type ?? holds.service))
    for (const [type, ids] of Map.groupBy(unseen, typeOf)) await apply.remove({ account, region, type }, ids, began)
    isMore = candidates.length === page
    after = candidates.at(-1) ?? after
  }
}
