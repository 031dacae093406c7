import type { Account, Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { History } from '#contracts/history.ts'
import { beginLookup, failLookup, insertTrail, readLookup } from '../store/trail.ts'
import { failureText } from '../sync/failure-text.ts'

/** CloudTrail has an event 5 to 15 minutes after the call (its documentation says "typically within about 5 minutes"). */
const deliveryMs = 15 * 60_000
/** What it has not been able to tell is asked for again, but not by every reader. */
const againAfterSeconds = 300
const againAfterFailureSeconds = 3_600
const longestLookupSeconds = 60
const keptByAwsMs = 90 * 86_400_000

export type TrailStatus = History['trail']

export type Trail = {
  /**
   * Makes sure that CloudTrail is asked about a resource if it may know something about a change of that time that is not
   * known here. Doesn't wait for it: whoever reads a history gets it at once, and "looking".
   */
  ensure: (
    what: { account: Account; region: string; id: string; awsId: string },
    changedAt: Date,
  ) => Promise<TrailStatus>
  /** Resolves when nothing is being asked any more. */
  idle: () => Promise<void>
}

export const createTrail = (deps: { db: Database; aws: Aws; clock: Clock; log: Log }): Trail => {
  const { db, aws, clock, log } = deps
  const underway = new Set<Promise<void>>()
  const stopping = new AbortController()

  const look: (what: Parameters<Trail['ensure']>[0], from: Date) => Promise<void> = async (what, from) => {
    const { account, id, awsId } = what
    try {
      // What is the same in all Regions is recorded in the first one.
      const region = what.region === 'global' ? 'us-east-1' : what.region
      const cloudtrail = await aws.cloudtrail(account, region)
      const call = { priority: 'bulk', signal: stopping.signal } as const
      const events = await cloudtrail.lookupEvents(call, awsId, { from, to: clock.now() })
      await insertTrail(
        db,
        account.id,
        id,
        events.map(({ id: eventId, at, name: event, actor }) => ({ eventId, at, event, actor })),
      )
    } catch (error) {
      if (stopping.signal.aborted) return
      log.debug({ err: error, resource: id }, 'CloudTrail could not be asked')
      await failLookup(db, account.id, id, failureText(error)).catch(() => {}) // asked again in a while
    }
  }

  return {
    ensure: async (what, changedAt) => {
      const { account, id } = what
      const delay = account.cloud === 'sandbox' ? 0 : deliveryMs
      const lookup = await readLookup(db, account.id, id)
      const covered = lookup?.coversUntil ?? null
      if (covered !== null && covered.getTime() > changedAt.getTime() + delay) return { status: 'known', why: null }
      const now = clock.now().getTime()
      if (changedAt.getTime() < now - keptByAwsMs)
        return { status: 'unavailable', why: 'CloudTrail keeps the calls of 90 days; these changes are older.' }
      const again = lookup?.why == null ? againAfterSeconds : againAfterFailureSeconds
      // A change that nobody has asked about yet is no reason to wait out the pause after an earlier one.
      const isNews =
        lookup?.why == null && covered !== null && covered < changedAt && (lookup?.askedSecondsAgo ?? 0) > 5
      if (await beginLookup(db, account.id, id, isNews ? 5 : again)) {
        const from = new Date(Math.max(now - keptByAwsMs, (covered?.getTime() ?? 0) - deliveryMs - 60_000))
        const looking = look(what, from).finally(() => underway.delete(looking))
        underway.add(looking)
        return { status: 'looking', why: null }
      }
      const current = await readLookup(db, account.id, id)
      if (current?.why != null) return { status: 'unavailable', why: current.why }
      const isAsking = (current?.askedSecondsAgo ?? Infinity) < longestLookupSeconds && !current?.isAnswered
      return { status: isAsking ? 'looking' : 'known', why: null }
    },
    idle: async () => {
      stopping.abort()
      await Promise.all(underway)
    },
  }
}
