import type { Cache, Json } from '#platform/cache/cache.ts'
import type { Database } from '#platform/db/database.ts'
import { freshSeconds, readOne } from '../store/read.ts'
import type { DetailedRow } from '../store/read.ts'
import type { Partition } from '../store/type-states.ts'
import type { SyncStates } from '../sync/states.ts'
import type { News } from './news.ts'

/** A copy is asked for its truth at each read; this only bounds how long one lies in Redis that nobody asks for. */
const keptSeconds = 300
/** Single resources whose change is remembered; of more the older changes become one of everything. */
const maxChanges = 10_000
/** Clocks of two processes are read that much apart: a copy that was made within this time of a change counts as older. */
const marginMs = 200

export type Copies = {
  /**
   * A resource of one of these accounts from the nearest tier that has a true copy: memory, Redis, the database. Where its ARN
   * leaves open in which account it is, only the database knows.
   */
  read: (accounts: readonly string[], id: string) => Promise<DetailedRow | undefined>
  /** Copies of these are no longer true; undefined: nobody knows which. */
  forget: (news: News | undefined) => void
}

/** A row as it lies in the tiers, with when it was read from the database (the database's time). */
type Copy = {
  row: Omit<DetailedRow, 'age_seconds' | 'is_fresh' | 'partition_error' | 'first_seen_at' | 'last_seen_at' | 'swept_at'>
  firstSeenMs: number
  lastSeenMs: number
  sweptMs: number | null
  loadedMs: number
}

/**
 * Copies of single resources in the tiers of the cache. A copy is true when it was read from the database after the last
 * change of that resource that anybody told of, and after the last sweep of its type: so nothing of it depends on a tier that
 * forgets in time, an answer that comes late is never kept as if it were new, and where a notification was lost the next sweep
 * ends the copy. Whether somebody may read it is asked after this, for each request.
 */
export const createCopies = (deps: {
  db: Database
  cache: Cache
  states: Pick<SyncStates, 'read' | 'of' | 'databaseMs' | 'latestDatabaseMs'>
}): Copies => {
  const { db, cache, states } = deps
  const loading = new Map<string, Promise<DetailedRow | undefined>>()
  /** When copies of what ceased to be true, by the database's clock. */
  const changedMs = new Map<string, number>()
  /** When anything may have changed: before this process began, or while it didn't listen. */
  let allChangedMs: number | undefined

  /** Later than any change that somebody has told of by now. */
  const nowMs = (): number => states.latestDatabaseMs() + marginMs

  const load = (key: string, account: string, id: string): Promise<DetailedRow | undefined> => {
    const joined = loading.get(key)
    if (joined) return joined
    const one = readOne(db, [account], id)
      .then((found) => {
        if (found !== undefined) cache.set(key, toJson(found), keptSeconds)
        return found
      })
      .finally(() => {
        if (loading.get(key) === one) loading.delete(key)
      })
    loading.set(key, one)
    return one
  }

  const isTrue = (key: string, { row, loadedMs, sweptMs }: Copy, state: Partition | undefined): boolean => {
    const lastChangeMs = Math.max(
      allChangedMs ?? Infinity,
      changedMs.get(key) ?? -Infinity,
      changedMs.get(groupKey(row)) ?? -Infinity,
    )
    const lastSweepMs = state?.sweptAt?.getTime() ?? -Infinity
    return loadedMs > lastChangeMs && (sweptMs ?? -Infinity) >= lastSweepMs
  }

  return {
    read: async (accounts, id) => {
      const [account] = accounts
      if (account === undefined || accounts.length > 1) return readOne(db, accounts, id)
      if (allChangedMs === undefined) {
        await states.read([])
        allChangedMs ??= nowMs()
      }
      const key = copyKey(account, id)
      const copy = fromJson(await cache.get(key))
      if (copy === undefined) return load(key, account, id)
      const state = await states.of(copy.row)
      return isTrue(key, copy, state) ? toRow(copy, state, states.databaseMs()) : load(key, account, id)
    },

    forget: (news) => {
      // Who comes from now on does not join a read that may have begun before the change.
      if (news === undefined || Number.isNaN(states.databaseMs())) {
        loading.clear()
        changedMs.clear()
        // Known again when the next one reads, which is later than this change.
        allChangedMs = undefined
        return
      }
      const { account, ids } = news
      const keys = ids === null ? [groupKey(news)] : ids.map((id) => copyKey(account, id))
      if (ids === null) loading.clear()
      for (const key of keys) {
        loading.delete(key)
        changedMs.delete(key) // so that it goes to the end
        changedMs.set(key, nowMs())
      }
      if (changedMs.size <= maxChanges) return
      changedMs.clear()
      allChangedMs = nowMs()
    },
  }
}

const copyKey = (account: string, id: string): string => `resource ${account} ${id}`
const groupKey = ({ account, region, type }: { account: string; region: string; type: string }): string =>
  `${account}/${region}/${type}`

const toJson = ({ first_seen_at, last_seen_at, swept_at, loaded_at, ...row }: DetailedRow): Json =>
  // Rows come from JSON columns and texts; their dates are taken out here.
  ({
    row,
    firstSeenMs: first_seen_at.getTime(),
    lastSeenMs: last_seen_at.getTime(),
    sweptMs: swept_at?.getTime() ?? null,
    loadedMs: loaded_at.getTime(),
  }) as unknown as Json

const fromJson = (json: Json | undefined): Copy | undefined =>
  // What stands under our keys was put there by `toJson`; another version's copies lack what this one looks for.
  typeof json === 'object' && json !== null && 'loadedMs' in json ? (json as unknown as Copy) : undefined

/** The copy with its age of now. */
const toRow = (copy: Copy, state: Partition | undefined, databaseMs: number): DetailedRow => {
  const lastKnownMs = Math.max(copy.lastSeenMs, copy.sweptMs ?? -Infinity)
  const ageSeconds = Math.max(0, (databaseMs - lastKnownMs) / 1000)
  const isSweptFresh = state?.isFresh === true && state.lastError === null
  return {
    ...copy.row,
    first_seen_at: new Date(copy.firstSeenMs),
    last_seen_at: new Date(copy.lastSeenMs),
    swept_at: copy.sweptMs === null ? null : new Date(copy.sweptMs),
    loaded_at: new Date(copy.loadedMs),
    age_seconds: ageSeconds,
    is_fresh: isSweptFresh || databaseMs - copy.lastSeenMs < freshSeconds * 1000,
    partition_error: state?.lastError ?? null,
  }
}
