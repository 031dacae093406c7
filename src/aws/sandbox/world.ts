import { createAlarms } from './alarms.ts'
import type { AlarmChange, Alarms } from './alarms.ts'
import { createCatalogue } from './catalogue.ts'
import type { Catalogue } from './catalogue.ts'
import type { Estate } from './estate/estate.ts'
import { createCalendar } from './incidents/calendar.ts'
import type { Calendar } from './incidents/calendar.ts'
import type { SeedInstance } from './estate/instance.ts'
import type { Partition } from './estate/partitions.ts'
import { createLogGroups } from './log-groups.ts'
import type { LogGroups } from './log-groups.ts'
import { createPast } from './past.ts'
import { powerOf } from './power.ts'
import type { Made } from './made.ts'
import type { Power } from './power.ts'
import type { Store, Write } from './store/store.ts'
import type { TrailCall } from './store/trail.ts'

/** What was changed of a resource over what the seed made of it; null is a tag that was removed. */
export type Change = {
  power?: Power
  tags?: Record<string, string | null>
  alarm?: AlarmChange
  /** Of a log group; null days: its events never expire. */
  retention?: { days: number | null }
  instanceType?: string
  isTerminationProtected?: boolean
  /** The resource is none of the seed's. */
  made?: Made
  /** A snapshot or an image, whoever made it. */
  isDeleted?: true
}

/** The estate with everything that was done to it. */
export type World = Catalogue & {
  estate: Estate
  /** What goes wrong by itself, and when. */
  calendar: Calendar
  speed: number
  power: (instance: SeedInstance) => Power
  instanceType: (instance: SeedInstance) => string
  isTerminationProtected: (instance: SeedInstance) => boolean
  /** What was made in an account and Region and is still there, oldest first. */
  made: (account: string, region: string) => [id: string, made: Made][]
  findMade: (account: string, region: string, id: string) => Made | undefined
  /** Whether somebody changed its tags. */
  isRetagged: (id: string) => boolean
  /** Whether something of the seed's was deleted. */
  isDeleted: (id: string) => boolean
  /** The number of what is made next. */
  nextNumber: () => number
  tags: (resource: { id: string; tags: Record<string, string> }) => Record<string, string>
  alarms: (partition: Partition) => Alarms
  logGroups: (partition: Partition) => LogGroups
  /** Changes resources and counts the effect; reads see it at once, the caller of the API only when it is durable. */
  apply: (
    action: string,
    changes: { id: string; change: Change; hasChanged: boolean }[],
    /** The call that did it; without one nobody did, and CloudTrail knows nothing of it. */
    call?: TrailCall,
  ) => void
  /** What CloudTrail has recorded. */
  trail: Store['trail']
  /** Runs a read, which doesn't wait for anything, as if all that was done in the last milliseconds had not been seen yet. */
  behind: <T>(lagMs: number, nowMs: number, read: () => T) => T
  /**
   * Resolves when all that was applied is durable; rejects when what was applied last could not be kept. To be called in
   * the same turn as `apply`.
   */
  settled: () => Promise<void>
}

/** Where the estate has nothing, so that any account and Region can be asked. */
export const emptyPartition = (account: string, region: string): Partition => ({
  number: 255,
  account,
  region,
  instances: 0,
  volumes: 0,
  snapshots: 0,
  functions: 0,
  buckets: 0,
})

export const createWorld = (estate: Estate, store: Store, speed: number, now: () => number = Date.now): World => {
  let changes = store.load()
  let made = madeIn(changes)
  let last: Promise<void> | undefined
  const past = createPast()
  /** While a read is behind: the time whose world it sees. */
  let seenAtMs: number | undefined
  const changeOf = (id: string): Change | undefined =>
    seenAtMs === undefined ? changes.get(id) : past.at(id, seenAtMs, changes.get(id))
  /** What a read that is behind sees of what was made: not yet what is new, still what was deleted. */
  const madeThen = (account: string, region: string): [string, Made][] => {
    const there = new Map(made.places.get(placeOf(account, region)))
    for (const id of seenAtMs === undefined ? [] : past.changedSince(seenAtMs)) {
      const then = changeOf(id)
      if (then?.made === undefined || then.isDeleted === true) there.delete(id)
      else if (then.made.account === account && then.made.region === region) there.set(id, then.made)
    }
    return [...there]
  }
  const alarms = createAlarms(estate.seed, changeOf, () => changes.keys())
  const logGroups = createLogGroups(estate.seed, changeOf)

  const write = (writes: Write[]): void => {
    const written = store.write(writes).catch((error: unknown) => {
      // What could not be kept did not happen.
      changes = store.load()
      alarms.forget()
      made = madeIn(changes)
      throw error
    })
    last = written
    written.catch(() => {})
  }

  return {
    ...createCatalogue(estate),
    estate,
    calendar: createCalendar(estate),
    speed,
    power: (instance) => powerOf(instance, changeOf(instance.id)?.power),
    instanceType: ({ id, fleet }) => changeOf(id)?.instanceType ?? fleet.instanceType,
    isTerminationProtected: ({ id, isProtected }) => changeOf(id)?.isTerminationProtected ?? isProtected,
    made: madeThen,
    findMade: (account, region, id) =>
      seenAtMs === undefined
        ? made.places.get(placeOf(account, region))?.get(id)
        : new Map(madeThen(account, region)).get(id),
    isRetagged: (id) => changeOf(id)?.tags !== undefined,
    isDeleted: (id) => changeOf(id)?.isDeleted === true,
    nextNumber: () => made.count + 1,
    tags: ({ id, tags }) => {
      const changed = changeOf(id)?.tags
      if (changed === undefined) return tags
      return Object.fromEntries(
        Object.entries({ ...tags, ...changed }).filter((entry): entry is [string, string] => entry[1] !== null),
      )
    },
    alarms: alarms.of,
    logGroups: logGroups.of,
    trail: store.trail,
    apply: (action, applied, call) => {
      const writes = applied.map(({ id, change, hasChanged }) => {
        const before = changes.get(id)
        const merged: Change = {
          ...before,
          ...change,
          ...(change.tags === undefined ? {} : { tags: { ...before?.tags, ...change.tags } }),
        }
        past.note(id, before, now())
        note(made, id, merged)
        changes.set(id, merged)
        if (change.alarm !== undefined) alarms.note(id, change.alarm)
        return { resource: id, change: merged, action, hasChanged, ...(call === undefined ? {} : { call }) }
      })
      write(writes)
    },
    behind: (lagMs, nowMs, read) => {
      if (lagMs === 0) return read()
      seenAtMs = nowMs - lagMs
      try {
        return read()
      } finally {
        seenAtMs = undefined
      }
    },
    settled: async () => {
      const own = last
      last = undefined
      await own
      await store.settled()
    },
  }
}

/** What was made, by account and Region, and the highest number among all that ever was. */
type MadeIndex = { places: Map<string, Map<string, Made>>; count: number }

const placeOf = (account: string, region: string): string => `${account}/${region}`

const note = (index: MadeIndex, id: string, { made, isDeleted }: Change): void => {
  if (made === undefined) return
  index.count = Math.max(index.count, made.number)
  const key = placeOf(made.account, made.region)
  const place = index.places.get(key) ?? new Map<string, Made>()
  index.places.set(key, place)
  if (isDeleted === true) place.delete(id)
  else place.set(id, made)
}

const madeIn = (changes: ReadonlyMap<string, Change>): MadeIndex => {
  const index: MadeIndex = { places: new Map(), count: 0 }
  const all = [...changes].filter(([, { made }]) => made !== undefined)
  all.sort(([, a], [, b]) => (a.made?.number ?? 0) - (b.made?.number ?? 0))
  for (const [id, change] of all) note(index, id, change)
  return index
}
