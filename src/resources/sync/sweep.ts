import { randomUUID } from 'node:crypto'
import type { Call } from '#aws/call.ts'
import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { createReadLive } from '../read/live.ts'
import { claimPartition, extendLease, releaseLease } from '../store/partitions.ts'
import type { Claim, PartitionKey } from '../store/partitions.ts'
import { finishPartition, readDue, writeOutcomes } from '../store/type-states.ts'
import type { TypeOutcome } from '../store/type-states.ts'
import { readingsOf } from '../types/registry.ts'
import type { Reading } from '../types/registry.ts'
import type { Apply } from './apply.ts'
import { failureText } from './failure-text.ts'
import { createLimit } from './limit.ts'
import { createRoom } from './room.ts'
import type { Room } from './room.ts'
import { movingSeconds, nextSweep, nextTry } from './schedule.ts'
import { createTypeSweeps } from './sweep-type.ts'
import type { Trouble } from './trouble.ts'

export const leaseSeconds = 60
/** Types of one partition that are read at the same time: each action has a quota of its own. */
const typesAtOnce = 3

export type SweepOutcome = 'swept' | 'failed' | 'stopped'

export type Sweeper = {
  /** Sweeps what is due of a partition whose lease is held. Never throws: each type keeps its error. */
  run: (claim: Claim, priority: Call['priority']) => Promise<SweepOutcome>
  /**
   * Sweeps these types of a partition now (all unless given), whatever their age, and joins a sweep that is under way in this
   * process; `elsewhere`: another process has it.
   */
  sweepNow: (key: PartitionKey, types?: readonly string[]) => Promise<SweepOutcome | 'elsewhere'>
  /** Ends what is under way, at once; what was read stays, and another process goes on. */
  stop: () => Promise<void>
}

type Chosen = { reading: Reading; isFull: boolean; failures: number }

/** What a sweep did, and the types that it tried to read in full. */
type Swept = { outcome: SweepOutcome; types: string[] }

/**
 * Reads the types of a partition from AWS, each for itself: one that can't be read keeps its own error and its age, and keeps
 * no other one from being read.
 */
export const createSweeper = (deps: {
  db: Database
  aws: Aws
  apply: Apply
  trouble: Trouble
  clock: Clock
  log: Log
  room?: Room
  /** A state that somebody waits for, or an error that came or went: whoever keeps states reads them anew. */
  onState?: () => void
}): Sweeper => {
  const { db, aws, apply, trouble, clock, log, room = createRoom(Infinity), onState = () => {} } = deps
  const stopping = new AbortController()
  const underway = new Map<string, Promise<Swept>>()
  const sweeps = createTypeSweeps({ db, aws, apply, readLive: createReadLive({ db, aws, apply }), room, clock })

  /** The types to read and how: what was asked for in full, else what is due. */
  const choose = async (claim: Claim, wanted: readonly string[] | undefined): Promise<Chosen[]> => {
    const states = new Map((await readDue(db, claim)).map((state) => [state.type, state]))
    return readingsOf(claim.service).flatMap((reading) => {
      const state = states.get(reading.name)
      const isFull = wanted?.includes(reading.name) ?? state?.isFullDue ?? true
      const isLook = wanted === undefined && state?.isLookDue === true
      return isFull || isLook ? [{ reading, isFull, failures: state?.failures ?? 0 }] : []
    })
  }

  const read = async ({ reading, isFull, failures }: Chosen, claim: Claim, call: Call): Promise<TypeOutcome> => {
    const began = clock.monotonicMs()
    const nextLook = (isMoving: boolean) => ({ nextLookInSeconds: isMoving ? movingSeconds : null })
    try {
      if (!isFull) {
        const { isMoving } = await sweeps.look(reading, claim, call)
        return { type: reading.name, kind: 'looked', ...nextLook(isMoving) }
      }
      const { seen, isMoving } = await sweeps.sweep(reading, claim, call)
      const seconds = (clock.monotonicMs() - began) / 1000
      const next = nextSweep({ seconds, lifetime: reading.lifetime })
      return { type: reading.name, kind: 'swept', seen, seconds, ...next, ...nextLook(isMoving) }
    } catch (error) {
      if (call.signal?.aborted !== true) {
        const { account, region } = claim
        log.warn({ err: error, account, region, type: reading.name }, 'could not read all of a type')
      }
      const nextInSeconds = nextTry(failures + 1)
      return { type: reading.name, kind: 'failed', error: failureText(error), nextInSeconds, nextLookInSeconds: null }
    }
  }

  const sweep = async (
    claim: Claim,
    priority: Call['priority'],
    wanted: readonly string[] | undefined,
  ): Promise<Swept> => {
    const ending = new AbortController()
    // Accounts take turns where they wait for the same thing, and nobody's sweeps stand before those of a task.
    const call: Call = { priority, signal: AbortSignal.any([stopping.signal, ending.signal]) }
    const heartbeat = keepLease(claim, ending)
    const limit = createLimit(typesAtOnce)
    const outcomes: TypeOutcome[] = []
    try {
      await Promise.all(
        (await choose(claim, wanted)).map((chosen) =>
          limit(async () => {
            if (call.signal?.aborted) return
            const outcome = await read(chosen, claim, call)
            if (outcome.kind === 'failed' && call.signal?.aborted) return // that says nothing about AWS
            // At once: what is there can be shown while others of the service are still being read.
            await writeOutcomes(db, claim, [outcome])
            outcomes.push(outcome)
          }),
        ),
      )
    } finally {
      ending.abort()
      await heartbeat
    }
    const types = outcomes.filter(({ kind }) => kind !== 'looked').map(({ type }) => type)
    if (stopping.signal.aborted) {
      await releaseLease(db, claim)
      return { outcome: 'stopped', types }
    }
    const failures = await finishPartition(
      db,
      claim,
      readingsOf(claim.service).map(({ name }) => name),
    )
    const failed = outcomes.find((outcome) => outcome.kind === 'failed')
    if (wanted !== undefined || failed !== undefined || claim.failures > 0) onState()
    if (failed !== undefined) await trouble.failed({ ...claim, failures: failures - 1 }, failed.error)
    else if (failures === 0) await trouble.succeeded(claim)
    return { outcome: failed === undefined ? 'swept' : 'failed', types }
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

  const begin = (claim: Claim, priority: Call['priority'], wanted?: readonly string[]): Promise<Swept> => {
    const key = keyOf(claim)
    const running = sweep(claim, priority, wanted)
      .catch((error: unknown): Swept => {
        // The partition could not even be marked; its lease runs out and somebody tries again.
        log.warn({ err: error, account: claim.account, region: claim.region }, 'a sweep ended without a result')
        return { outcome: 'failed', types: [] }
      })
      .finally(() => underway.delete(key))
    underway.set(key, running)
    return running
  }

  const sweepNow: Sweeper['sweepNow'] = async (key, wanted) => {
    const missing = new Set(wanted ?? readingsOf(key.service).map(({ name }) => name))
    for (;;) {
      const joined = underway.get(keyOf(key))
      if (joined === undefined) {
        const claim = await claimPartition(db, key, randomUUID(), leaseSeconds)
        if (claim !== undefined) return (await begin(claim, 'interactive', [...missing])).outcome
        if (!underway.has(keyOf(key))) return 'elsewhere'
        continue
      }
      const { outcome, types } = await joined
      for (const type of types) missing.delete(type)
      if (missing.size === 0 || outcome === 'stopped') return outcome
    }
  }

  return {
    run: async (claim, priority) => (await begin(claim, priority)).outcome,
    sweepNow,
    stop: async () => {
      stopping.abort()
      await Promise.all(underway.values())
    },
  }
}

export const keyOf = ({ account, region, service }: PartitionKey): string => `${account}/${region}/${service}`
