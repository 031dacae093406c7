import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { readPartitions, readStatesPrint } from '../store/type-states.ts'
import type { Partition, TypeKey } from '../store/type-states.ts'
import { databaseNow } from '../store/write.ts'

/** A view younger than that is shown as it is. */
const freshMs = 250
/** For so much longer it is shown and renewed behind the reader's back; beyond that the reader waits. */
const longestMs = 250
/** Ages go on by this process's clock, which the database's doesn't quite keep up with, or the other way round. */
const longestKeptMs = 60_000
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

type View = {
  all: Map<string, Map<string, Partition>>
  /** When it was read; ages are counted from there. */
  atMs: number
  /** By which a change of the states is noticed. */
  print: string
  /** When it was last found to be as the database has it, and for how long that will do. */
  checkedMs: number
  freshForMs: number
}

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
    const known = view
    const began = clock.monotonicMs()
    const now = await databaseNow(db)
    const checkedMs = clock.monotonicMs()
    lastClock = { databaseMs: now.getTime(), askedMs: began, atMs: checkedMs }
    // Before the states: what changes in between is noticed the next time.
    const print = await readStatesPrint(db)
    const isKnown = known !== undefined && known.print === print && checkedMs - known.atMs < longestKeptMs
    const { all, atMs } = isKnown ? known : { all: byAccount(await readPartitions(db, null)), atMs: checkedMs }
    const freshForMs = Math.max(freshMs, (clock.monotonicMs() - began) / shareOfTime)
    const made = { all, atMs, print, checkedMs, freshForMs }
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
    const age = view === undefined ? Infinity : clock.monotonicMs() - view.checkedMs
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

const byAccount = (partitions: readonly Partition[]): View['all'] => {
  const all: View['all'] = new Map()
  for (const partition of partitions) {
    const ofAccount = all.get(partition.account) ?? new Map<string, Partition>()
    all.set(partition.account, ofAccount.set(keyOf(partition), partition))
  }
  return all
}

const keyOf = ({ region, service, type }: TypeKey): string => `${region}/${service}/${type}`
