import type { Call } from '#aws/call.ts'
import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { ReadLive } from '../read/live.ts'
import type { Claim } from '../store/partitions.ts'
import { readKnown } from '../store/read.ts'
import { readMovingIds } from '../store/write.ts'
import { typeNamed } from '../types/registry.ts'
import type { Reading } from '../types/registry.ts'
import type { Observed, Place } from '../types/resource-type.ts'
import type { Apply } from './apply.ts'
import { markUnseen } from './mark-unseen.ts'
import { pagesAhead } from './pages-ahead.ts'
import type { Room } from './room.ts'

/** What is on its way is looked at one by one up to this number; the rest has the next sweep. */
const maxMoving = 1_000
/** Descriptions that are looked at together. */
const idsAtOnce = 200

export type TypeSweeps = {
  /** Reads everything there is, and marks as gone what a complete listing didn't show any more. */
  sweep: (reading: Reading, claim: Claim, call: Call) => Promise<{ seen: number; isMoving: boolean }>
  /**
   * Looks only at what is on the way to another state: what the inventory has as such, and what AWS lists as such where the
   * type can ask for it. Between two sweeps of a large partition that costs a call or two.
   */
  look: (reading: Reading, claim: Claim, call: Call) => Promise<{ isMoving: boolean }>
}

/** Each page is applied as it comes, so that what was read before an error stays. */
export const createTypeSweeps = (deps: {
  db: Database
  aws: Aws
  apply: Apply
  readLive: ReadLive
  room: Room
  clock: Clock
}): TypeSweeps => {
  const { db, aws, apply, readLive, room, clock } = deps

  const bringIn = async (
    pages: AsyncIterable<Observed[]>,
    { transitionalStates }: Reading,
    { account, region, startedAt }: Claim,
    note: (one: Observed) => void,
  ): Promise<boolean> => {
    const began = clock.monotonicMs()
    let isMoving = false
    for await (const { page, askedMs } of pagesAhead(pages, room, clock.monotonicMs)) {
      // The lease's time plus what has passed since is the database's time, or a little less.
      const observedAt = new Date(startedAt.getTime() + askedMs - began)
      for (const [type, ofType] of Map.groupBy(page, (one) => one.type))
        await apply.apply({ account, region, type }, ofType, observedAt)
      for (const one of page) {
        note(one)
        isMoving ||= one.state !== null && transitionalStates.includes(one.state)
      }
    }
    return isMoving
  }

  /**
   * A listing that was asked for after the details were, and that came to the inventory before them, is newer than they are:
   * where it knew of none, they are read again.
   */
  const makeUpFor = async (
    reading: Reading,
    { account, region, call }: Place,
    seen: Map<string, string>,
  ): Promise<void> => {
    const type = typeNamed(reading.name)
    const ids = [...seen.keys()]
    for (let from = 0; type?.details !== undefined && from < ids.length; from += idsAtOnce) {
      const known = await readKnown(db, account.id, ids.slice(from, from + idsAtOnce))
      const { areKnown } = type.details
      const lacking = [...known].flatMap(([id, one]) => (areKnown(one) ? [] : (seen.get(id) ?? [])))
      if (lacking.length > 0) await readLive({ account, region, type, awsIds: lacking }, call)
    }
  }

  return {
    sweep: async (reading, claim, call) => {
      const { account, region, startedAt } = claim
      const seen = new Map<string, string>()
      const place = { aws, account: await aws.accounts.get(account), region, call, at: startedAt }
      const pages = reading.list(place, (ids) => readKnown(db, account, ids))
      const isMoving = await bringIn(pages, reading, claim, ({ id, awsId }) => seen.set(id, awsId))
      const { holds } = reading
      if (holds === 'more') await makeUpFor(reading, place, seen)
      else await markUnseen({ db, apply }, { account, region, holds }, seen, startedAt)
      return { seen: seen.size, isMoving }
    },

    look: async (reading, claim, call) => {
      const { account: id, region } = claim
      const account = await aws.accounts.get(id)
      const seen = new Set<string>()
      let isMoving = false
      if (reading.listMoving !== undefined) {
        const place = { aws, account, region, call, at: claim.startedAt }
        isMoving = await bringIn(reading.listMoving(place), reading, claim, ({ awsId }) => seen.add(awsId))
      }
      const type = typeNamed(reading.name)
      if (type === undefined) return { isMoving }
      const group = { account: id, region, type: type.type }
      const known = await readMovingIds(db, group, reading.transitionalStates, maxMoving)
      const arrived = known.filter((awsId) => !seen.has(awsId))
      if (arrived.length === 0) return { isMoving }
      const read = await readLive({ account, region, type, awsIds: arrived }, call)
      return { isMoving: isMoving || read.isMoving }
    },
  }
}
