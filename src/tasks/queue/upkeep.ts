import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import type { Alarms } from '../alarms.ts'
import { alertBreakGlass, expireBreakGlass } from '../approvals/break-glass.ts'
import { expireApprovals } from '../control/cancel.ts'
import { collectDeadLetters, waitsOf } from '../dead-letters/collect.ts'
import { endUnknownOperations } from '../dead-letters/unknown-operations.ts'
import type { Operation } from '../operation.ts'
import { archiveTasks, ensureFinishedPartitions } from '../store/archive-tasks.ts'
import { detectStuck } from '../stuck/detect.ts'
import { dropOldTasks, firstKeptMonth } from '../store/retention.ts'
import { deleteOldIdempotencyKeys } from '../store/idempotency.ts'

const everyMs = 10_000
const hourlyMs = 3_600_000

type Chore = { name: string; run: () => Promise<unknown>; everyMs?: number }

/**
 * What keeps the queue small and true: dead letters are found, finished tasks leave the hot tables, approvals that did not
 * come expire, what no release knows any more ends, old idempotency keys go, next month's partitions are made. Any number of processes may run it; rows are taken with SKIP LOCKED.
 */
export const createUpkeep = (options: {
  db: Database
  clock: Clock
  log: Log
  notifier: Notifier
  operations: readonly Operation[]
  /** Months of finished tasks that are kept beside the current one. */
  retentionMonths: number
  alarms: Alarms
  overForSeconds?: number
}) => {
  const { db, clock, log, notifier, alarms, overForSeconds = 60 } = options
  const waits = waitsOf(options.operations)
  const decider = { db, notifier, now: clock.now }
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const dueMs = new Map<string, number>()

  const archive = async (): Promise<void> => {
    while (!stopping.signal.aborted && (await archiveTasks(db, { tasks: 500, items: 500, overForSeconds }, waits)) > 0);
  }

  const dropOld = async (): Promise<void> => {
    const dropped = await dropOldTasks(db, firstKeptMonth(clock.now(), options.retentionMonths))
    if (dropped.length > 0) log.info({ dropped }, 'dropped old months of finished tasks')
  }

  const chores: readonly Chore[] = [
    { name: 'collect dead letters', run: () => collectDeadLetters(db, waits) },
    { name: 'archive tasks', run: archive },
    {
      name: 'end what no release knows',
      run: () => endUnknownOperations({ db, notifier, now: clock.now, log }),
      everyMs: 120_000,
    },
    { name: 'expire approvals', run: () => expireApprovals(decider) },
    { name: 'expire break-glass', run: () => expireBreakGlass(decider) },
    { name: 'tell of break-glass', run: () => alertBreakGlass({ ...decider, alarms }) },
    { name: 'find what is stuck', run: () => detectStuck({ db, alarms }), everyMs: 60_000 },
    { name: 'make partitions', run: () => ensureFinishedPartitions(db), everyMs: hourlyMs },
    { name: 'drop old tasks', run: dropOld, everyMs: hourlyMs },
    { name: 'delete idempotency keys', run: () => deleteOldIdempotencyKeys(db), everyMs: hourlyMs },
  ]

  /** Every chore that is due, each on its own: one that fails is tried again in the next round and keeps none from running. */
  const round = async (): Promise<void> => {
    for (const { name, run, everyMs: pauseMs = 0 } of chores) {
      if (stopping.signal.aborted) return
      if (clock.monotonicMs() < (dueMs.get(name) ?? 0)) continue
      try {
        await run()
        dueMs.set(name, clock.monotonicMs() + pauseMs)
      } catch (error) {
        log.warn({ err: error, chore: name }, 'upkeep of the queue failed; trying again')
      }
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round()
      await clock.sleep(everyMs, stopping.signal)
    }
  }

  return {
    start: (): void => {
      running = loop()
    },
    round,
    stop: async (): Promise<void> => {
      stopping.abort()
      await running
    },
  }
}
