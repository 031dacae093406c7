import type { Account, Aws } from '#aws/cloud.ts'
import type { AsOf, Author, History, HistoryQuery, Version } from '#contracts/history.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import { countedTo } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import type { Log } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import { errors } from '../errors.ts'
import { toResource } from '../store/row.ts'
import { readTouches } from '../store/touches.ts'
import { readTrail } from '../store/trail.ts'
import { countVersions, listVersions, stepsSince } from '../store/versions.ts'
import type { VersionRow } from '../store/versions.ts'
import { databaseNow } from '../store/write.ts'
import { locate, typeNamed } from '../types/registry.ts'
import { eventsOf, reachOf, tasksOf, trailAuthor } from './authors.ts'
import type { FindEver } from './ever.ts'
import { noiseOf } from './noise.ts'
import { keptSince } from './retention.ts'
import { shorten } from './shorten.ts'
import { stateAt } from './state-at.ts'
import { createTrail } from './trail.ts'
import type { TrailStatus } from './trail.ts'

/** What another box says of tasks; those that it doesn't keep any more are missing. */
export type DescribeTasks = (
  ids: readonly string[],
) => Promise<ReadonlyMap<string, { operation: string; requestedBy: { email: string } }>>

export type ReadHistory = {
  history: (principal: Principal, id: string, query: HistoryQuery) => Promise<History>
  /** How a resource was at a moment. Throws `no_state_then` where it was not there, or that is not kept. */
  at: (principal: Principal, id: string, at: Date) => Promise<ResourceDetails & { asOf: AsOf }>
  idle: () => Promise<void>
}

const mostEvents = 1_000

/** Reads what became of a resource, also of one that is gone. */
export const createHistory = (deps: {
  db: Database
  aws: Aws
  access: Access
  ever: FindEver
  describeTasks: DescribeTasks
  clock: Clock
  log: Log
  retentionDays: number
}): ReadHistory => {
  const { db, access, ever, describeTasks, retentionDays } = deps
  const trail = createTrail(deps)

  const authorsOf = async (
    principal: Principal,
    account: Account,
    id: string,
    rows: readonly VersionRow[],
  ): Promise<(row: VersionRow, previousAt: Date | null) => Author[]> => {
    if (rows.length === 0) return () => []
    const reach = reachOf(rows)
    const [touches, events, mayRead] = await Promise.all([
      readTouches(db, account.id, [id], reach),
      readTrail(db, account.id, id, reach, mostEvents),
      access.decide(principal, 'task.read'),
    ])
    const tasks = await describeTasks(touches.map((touch) => touch.task_id))
    return (row, previousAt) => [
      ...(mayRead.allowed ? tasksOf({ at: row.at, previousAt }, touches) : []).map((task): Author => {
        const described = tasks.get(task)
        return {
          kind: 'task',
          task,
          operation: described?.operation ?? null,
          requestedBy: described?.requestedBy.email ?? null,
        }
      }),
      ...eventsOf({ at: row.at, previousAt }, events).map(trailAuthor),
    ]
  }

  return {
    history: async (principal, id, { from, to, cursor, limit }) => {
      const below = decodePosition(cursor, /^\d{1,9}$/)
      const { row, account } = await ever(principal, id)
      const key = { account: account.id, id: row.id }
      const time = { from: from === undefined ? null : new Date(from), to: to === undefined ? null : new Date(to) }
      const [found, count, now] = await Promise.all([
        listVersions(db, key, { ...time, below: below === null ? null : Number(below), limit: limit + 1 }),
        countVersions(db, key, time, countedTo + 1),
        databaseNow(db),
      ])
      const { page, nextCursor } = pageOf(found, limit, ({ version }) => [String(version)])
      const [newest] = page
      const status: TrailStatus =
        newest === undefined
          ? { status: 'known', why: null }
          : await trail.ensure(
              { account, region: row.region, id: row.id, awsId: locate(row.id)?.awsId ?? row.aws_id },
              newest.at,
            )
      const by = await authorsOf(principal, account, row.id, page)
      return {
        items: page.map((one, index): Version => ({
          version: one.version,
          at: one.at.toISOString(),
          kind: one.kind,
          changes: one.changes.map(shorten),
          by: by(one, found[index + 1]?.at ?? null),
        })),
        nextCursor,
        total: totalOf(count),
        firstSeenAt: row.is_forgotten ? null : row.first_seen_at.toISOString(),
        isGone: row.is_gone,
        keptSince: keptSince(now, retentionDays).toISOString(),
        trail: status,
        freshness: { source: 'cache', ageSeconds: null, status: 'hit', partial: [] },
      }
    },

    at: async (principal, id, at) => {
      const { row } = await ever(principal, id)
      const [now, steps] = await Promise.all([databaseNow(db), stepsSince(db, row.account, row.id, at)])
      const refuse = (why: string) =>
        errors.no_state_then(`There is no state of ${row.id} at ${at.toISOString()}: ${why}`)
      if (at > now) throw refuse('that is in the future.')
      if (at < keptSince(now, retentionDays)) throw refuse(`the history goes back ${retentionDays} days.`)
      const noise = noiseOf(typeNamed(row.type)?.noise)
      const then = stateAt(steps, at, row, noise)
      if (then.kind === 'gone') throw refuse(`it had been gone since ${then.since.toISOString()}.`)
      if (then.kind === 'not-yet') throw refuse(`it was first seen at ${then.until.toISOString()}.`)
      // Found at its partition's first reading, it may have been there before; nobody looked.
      if (then.version === 0 && !row.is_forgotten && at < row.first_seen_at)
        throw refuse(`it was first seen at ${row.first_seen_at.toISOString()}.`)
      return {
        ...toResource(row, null),
        ...then.state,
        cost: null,
        freshness: { source: 'cache', ageSeconds: null, status: 'hit', partial: [] },
        asOf: {
          at: at.toISOString(),
          version: then.version,
          validFrom: then.validFrom?.toISOString() ?? null,
          validUntil: then.validUntil?.toISOString() ?? null,
          leftOut: ['cost', ...noise],
        },
      }
    },

    idle: trail.idle,
  }
}
