import type { ResourceNet, ResourceNetQuery } from '#contracts/net-changes.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import { countNewer, stepsSince } from '../store/versions.ts'
import type { Step } from '../store/versions.ts'
import { databaseNow } from '../store/write.ts'
import { typeNamed } from '../types/registry.ts'
import type { FindEver } from './ever.ts'
import type { Change } from './json-diff.ts'
import { noiseOf } from './noise.ts'
import { periodOf } from './period.ts'
import { keptSince } from './retention.ts'
import { shorten } from './shorten.ts'
import { stateAt } from './state-at.ts'
import type { StateAt } from './state-at.ts'
import { changesBetween } from './state.ts'

export type ReadResourceNet = (principal: Principal, id: string, query: ResourceNetQuery) => Promise<ResourceNet>

/**
 * What is different in one resource between two times, also in one that is gone. Throws `no_state_then` where it was first seen
 * after both.
 */
export const createResourceNet =
  ({ db, ever, retentionDays }: { db: Database; ever: FindEver; retentionDays: number }): ReadResourceNet =>
  async (principal, id, query) => {
    const { row } = await ever(principal, id)
    const now = await databaseNow(db)
    const period = periodOf(query, now, retentionDays)
    const { from, to } = period
    const [was, is, versions] = await Promise.all([
      stepsSince(db, row.account, row.id, from),
      stepsSince(db, row.account, row.id, to),
      countNewer(db, row, period),
    ])
    const noise = noiseOf(typeNamed(row.type)?.noise)
    const before = stateAt(was, from, row, noise)
    const after = stateAt(is, to, row, noise)
    const firstSeenAt = row.is_forgotten ? null : row.first_seen_at
    const isUnknown = (state: StateAt, at: Date): boolean =>
      state.kind === 'there' && state.version === 0 && firstSeenAt !== null && at < firstSeenAt
    if (isUnknown(after, to)) {
      throw errors.no_state_then(
        `There is no state of ${row.id} at ${to.toISOString()}: it was first seen at ${firstSeenAt?.toISOString()}.`,
      )
    }
    const changes =
      before.kind === 'there' && after.kind === 'there' ? changesBetween(before.state, after.state, noise) : []
    const { account, type, region, name } = row
    return {
      resource: { id: row.id, type, account, region, name: after.kind === 'there' ? after.state.name : name },
      kind: kindOf(before, after, changes, was, from),
      changes: changes.map(shorten),
      versions,
      knownSince: isUnknown(before, from) ? (firstSeenAt?.toISOString() ?? null) : null,
      from: from.toISOString(),
      to: to.toISOString(),
      keptSince: keptSince(now, retentionDays).toISOString(),
      leftOut: ['cost', ...noise],
    }
  }

const kindOf = (
  before: StateAt,
  after: StateAt,
  changes: readonly Change[],
  was: readonly Step[],
  from: Date,
): ResourceNet['kind'] => {
  if (before.kind === 'there' && after.kind === 'there') return changes.length > 0 ? 'changed' : 'unchanged'
  if (before.kind === 'there') return 'gone'
  if (after.kind !== 'there') return 'absent'
  return was.find(({ at }) => at > from)?.kind === 'created' ? 'created' : 'back'
}
