import type { Call } from '#aws/call.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { Database } from '#platform/db/database.ts'
import { hasten } from '../store/type-states.ts'
import { databaseNow } from '../store/write.ts'
import { readArns } from '../store/read.ts'
import type { Apply } from '../sync/apply.ts'
import { movingSeconds } from '../sync/schedule.ts'
import type { ResourceType } from '../types/resource-type.ts'

/** Ids a describe: AWS takes up to 200 values in a filter. */
const idsPerCall = 200

export type LiveTarget = { account: Account; region: string; type: ResourceType; awsIds: readonly string[] }

export type ReadLive = (
  target: LiveTarget,
  call: Call,
) => Promise<{
  /** ARNs of what AWS has. */
  found: string[]
  /** AWS ids of what it hasn't. */
  gone: string[]
  /** Something of it is on the way to another state. */
  isMoving: boolean
}>

/**
 * Reads some resources of one account, Region and type from AWS and brings the inventory up to date with them. Those
 * who ask for the same at the same time share one call. Throws what the AWS box throws.
 */
export const createReadLive = (deps: { db: Database; aws: Aws; apply: Apply }): ReadLive => {
  const { db, aws, apply } = deps
  const underway = new Map<string, ReturnType<ReadLive>>()

  const read: ReadLive = async ({ account, region, type, awsIds }, call) => {
    const group = { account: account.id, region, type: type.type }
    const found: string[] = []
    const gone: string[] = []
    let isMoving = false
    for (let from = 0; from < awsIds.length; from += idsPerCall) {
      const chunk = awsIds.slice(from, from + idsPerCall)
      const observedAt = await databaseNow(db)
      const observed = await type.describe({ aws, account, region, call, at: observedAt }, chunk)
      await apply.apply(group, observed, observedAt, { touch: true })
      const seen = new Set(observed.map(({ awsId }) => awsId))
      const missing = chunk.filter((awsId) => !seen.has(awsId))
      if (missing.length > 0) await apply.remove(group, await readArns(db, group, missing), observedAt)
      // Where it ends up is seen soon, whoever set it going.
      if (observed.some(({ state }) => state !== null && type.transitionalStates.includes(state))) {
        isMoving = true
        await hasten(db, { ...group, service: type.service }, movingSeconds, 'look')
      }
      found.push(...observed.map(({ id }) => id))
      gone.push(...missing)
    }
    return { found, gone, isMoving }
  }

  return (target, call) => {
    // A call that somebody may abort or that the worker's lease bounds is its own.
    if (call.signal !== undefined || call.beforeAttempt !== undefined) return read(target, call)
    const key = JSON.stringify([call.priority, target.account.id, target.region, target.type.type, target.awsIds])
    const joined = underway.get(key)
    if (joined) return joined
    const reading = read(target, call).finally(() => underway.delete(key))
    underway.set(key, reading)
    return reading
  }
}
