import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { readPartitions } from '../store/type-states.ts'
import type { Partition, TypeKey } from '../store/type-states.ts'
import { databaseNow } from '../store/write.ts'

/** A view younger than that is shown as it is. */
const freshMs = 250
/** For so much longer it is shown and renewed behind the reader's back; beyond that the reader waits. */
const longestMs = 250
/** Where reading all states takes long (many accounts), it is done more seldom: for at most this part of the time. */
const shareOfTime = 1 / 10

export type SyncStates = {
  /** Of these accounts, at most a moment old; ages are those of now. */
  read: (accounts: readonly string[]) => Promise<Partition[]>
  /** Read anew from the database. */
  readNow: (accounts: readonly string[]) => Promise<Partition[]>
  /** Of one type of a place; what has no listing of its own is listed under the name of its service. */
  of: (key: TypeKey) => Promise<Partition | undefined>
  /** The database's clock, never ahead of it. Known once a state was read. */
  databaseMs: () => number
  /** The database's clock, never behind it: ahead by as long as its answer was on its way. */
  latestDatabaseMs: () => number
  /** The next reader waits for a new view. */
  forget: () => void
}

type View = { all: Map<string, Map<string, Partition>>; atMs: number; freshForMs: number }

/**
 * Where the sync of everything stands, as one view in memory that all reads of a moment share: every answer says its age, and
 * asking the database each time what that is would take longer than the answer.
 */
export const createSyncStates = ({ db, clock }: { db: Database; clock: Clock }): SyncStates => {
  let view: View | undefined
  let lastClock: { databaseMs: number; askedMs: number; atMs: number } | undefined
  let reading: Promise<View> | undefined
  let generation = 0

  const load = async (): Promise<View> => {
    const mine = generation
    const began = clock.monotonicMs()
    const now = await databaseNow(db)
    const atMs = clock.monotonicMs()
    lastClock = { databaseMs: now.getTime(), askedMs: began, atMs }
    const partitions = await readPartitions(db, null)
    const all = new Map<string, Map<string, Partition>>()
    for (const partition of partitions) {
      const ofAccount = all.get(partition.account) ?? new Map<string, Partition>()
      all.set(partition.account, ofAccount.set(keyOf(partition), partition))
    }
    const freshForMs = Math.max(freshMs, (clock.monotonicMs() - began) / shareOfTime)
    const made = { all, atMs, freshForMs }
    if (mine === generation) view = made
    return made
  }

  const renew = (): Promise<View> => {
    const mine = generation
    reading ??= load().finally(() => {
      if (mine === generation) reading = undefined
    })
    return reading
  }

  const current = async (): Promise<View> => {
    const age = view === undefined ? Infinity : clock.monotonicMs() - view.atMs
    if (view === undefined || age > view.freshForMs + longestMs) return renew()
    if (age > view.freshForMs) renew().catch(() => {}) // the database is away; the view grows old and then readers see it
    return view
  }

  /** As it is now: what passed since the view was read has made it older. */
  const aged = (partition: Partition, { atMs }: View): Partition => {
    const seconds = (clock.monotonicMs() - atMs) / 1000
    const freshSeconds = partition.freshSeconds - seconds
    return {
      ...partition,
      ageSeconds: partition.ageSeconds === null ? null : partition.ageSeconds + seconds,
      freshSeconds,
      isFresh: freshSeconds > 0,
    }
  }

  const ofAccounts = (from: View, accounts: readonly string[]): Partition[] =>
    accounts.flatMap((account) =>
      [...(from.all.get(account)?.values() ?? [])].map((partition) => aged(partition, from)),
    )

  return {
    read: async (accounts) => ofAccounts(await current(), accounts),
    readNow: async (accounts) => {
      generation++
      reading = undefined
      return ofAccounts(await renew(), accounts)
    },
    of: async (key) => {
      const from = await current()
      const ofAccount = from.all.get(key.account)
      const found = ofAccount?.get(keyOf(key)) ?? ofAccount?.get(keyOf({ ...key, type: key.service }))
      return found && aged(found, from)
    },
    databaseMs: () =>
      lastClock === undefined ? Number.NaN : lastClock.databaseMs + clock.monotonicMs() - lastClock.atMs,
    latestDatabaseMs: () =>
      lastClock === undefined ? Number.NaN : lastClock.databaseMs + clock.monotonicMs() - lastClock.askedMs,
    forget: () => {
      generation++
      reading = undefined
      view = undefined
    },
  }
}

const keyOf = ({ region, service, type }: TypeKey): string => `${region}/${service}/${type}`
