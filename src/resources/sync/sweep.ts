import { randomUUID } from 'node:crypto'
import type { Call } from '#aws/call.ts'
import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { claimPartition, extendLease, failSweep, finishSweep, releaseLease } from '../store/partitions.ts'
import type { Claim, PartitionKey } from '../store/partitions.ts'
import { readUnseenCandidates } from '../store/write.ts'
import { typesOf } from '../types/registry.ts'
import type { ResourceType } from '../types/resource-type.ts'
import type { Apply } from './apply.ts'
import { failureText } from './failure-text.ts'
import { nextSweep, nextTry } from './schedule.ts'
import type { Trouble } from './trouble.ts'

export const leaseSeconds = 60
const candidatesPage = 5_000

export type Sweeper = {
  /** Sweeps a partition whose lease is held. Never throws: the error is kept in the partition. */
  run: (claim: Claim, priority: Call['priority']) => Promise<'swept' | 'failed' | 'stopped'>
  /** Sweeps a partition now and joins a sweep that is under way in this process; `elsewhere`: another process has it. */
  sweepNow: (key: PartitionKey) => Promise<'swept' | 'failed' | 'stopped' | 'elsewhere'>
  /** Ends what is under way, at once; what was read stays, and another process goes on. */
  stop: () => Promise<void>
}

/**
 * Reads everything of a partition from AWS, page by page. Each page is applied as it comes, so that what was read before
 * an error stays; what a complete listing of a type didn't show any more is marked as gone. One type that can't be read
 * doesn't keep the others of the service from being read.
 */
export const createSweeper = (deps: {
  db: Database
  aws: Aws
  apply: Apply
  trouble: Trouble
  clock: Clock
  log: Log
}): Sweeper => {
  const { db, aws, apply, trouble, clock, log } = deps
  const stopping = new AbortController()
  const underway = new Map<string, Promise<'swept' | 'failed' | 'stopped'>>()

  const sweepType = async (
    type: ResourceType,
    claim: Claim,
    call: Call,
  ): Promise<{ seen: number; isMoving: boolean }> => {
    const { account, region, startedAt } = claim
    const group = { account, region, type: type.type }
    const began = clock.monotonicMs()
    const seen = new Set<string>()
    let isMoving = false
    let observedAt = startedAt
    for await (const page of type.list({ aws, account: await aws.accounts.get(account), region, call })) {
      await apply.apply(group, page, observedAt)
      // The next page was asked for after this one came; the lease's time plus what has passed is the database's time.
      observedAt = new Date(startedAt.getTime() + clock.monotonicMs() - began)
      for (const one of page) {
        seen.add(one.id)
        isMoving ||= one.state !== null && type.transitionalStates.includes(one.state)
      }
    }
    let after = ''
    for (;;) {
      const candidates = await readUnseenCandidates(db, group, startedAt, after, candidatesPage)
      await apply.remove(
        group,
        candidates.filter((id) => !seen.has(id)),
        startedAt,
      )
      if (candidates.length < candidatesPage) return { seen: seen.size, isMoving }
      after = candidates.at(-1) ?? after
    }
  }

  const sweep = async (claim: Claim, priority: Call['priority']): Promise<'swept' | 'failed' | 'stopped'> => {
    const ending = new AbortController()
    const call: Call = { priority, signal: AbortSignal.any([stopping.signal, ending.signal]) }
    const heartbeat = keepLease(claim, ending)
    const began = clock.monotonicMs()
    let seen = 0
    let isMoving = false
    let failure: unknown
    for (const type of typesOf(claim.service)) {
      try {
        const result = await sweepType(type, claim, call)
        seen += result.seen
        isMoving ||= result.isMoving
      } catch (error) {
        failure ??= error
      }
    }
    const isStopped = call.signal?.aborted ?? false
    ending.abort()
    await heartbeat
    const place = { account: claim.account, region: claim.region, service: claim.service }
    if (isStopped) {
      await releaseLease(db, claim)
      return 'stopped'
    }
    if (failure !== undefined) {
      log.warn({ err: failure, ...place }, 'could not read all of a partition')
      const why = failureText(failure)
      await failSweep(db, claim, why, nextTry(claim.failures + 1))
      await trouble.failed(claim, why)
      return 'failed'
    }
    const seconds = (clock.monotonicMs() - began) / 1000
    await finishSweep(db, claim, { seen, seconds, ...nextSweep({ seconds, isMoving }) })
    await trouble.succeeded(claim)
    log.debug({ ...place, seen, seconds }, 'partition swept')
    return 'swept'
  }

  /** Extends the lease while the sweep goes on; ends the sweep when the lease was lost all the same. */
  const keepLease = async (claim: Claim, ending: AbortController): Promise<void> => {
    for (;;) {
      await clock.sleep((leaseSeconds * 1000) / 3, ending.signal)
      if (ending.signal.aborted) return
      const isHeld = await extendLease(db, claim, leaseSeconds).catch(() => true) // the database is away; try again
      if (!isHeld) return ending.abort()
    }
  }

  const run: Sweeper['run'] = (claim, priority) => {
    const key = keyOf(claim)
    const running = sweep(claim, priority)
      .catch((error: unknown) => {
        // The partition could not even be marked; its lease runs out and somebody tries again.
        log.warn({ err: error, account: claim.account, region: claim.region }, 'a sweep ended without a result')
        return 'failed' as const
      })
      .finally(() => underway.delete(key))
    underway.set(key, running)
    return running
  }

  return {
    run,
    sweepNow: async (key) => {
      const joined = underway.get(keyOf(key))
      if (joined) return joined
      const claim = await claimPartition(db, key, randomUUID(), leaseSeconds)
      return claim === undefined ? (underway.get(keyOf(key)) ?? 'elsewhere') : run(claim, 'interactive')
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(underway.values())
    },
  }
}

export const keyOf = ({ account, region, service }: PartitionKey): string => `${account}/${region}/${service}`
