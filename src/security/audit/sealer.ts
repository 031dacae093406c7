import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { messageOf } from '#platform/app-error.ts'
import type { Log } from '#platform/log.ts'
import type { Crypto } from '../crypto.ts'
import { pointOf } from './anchor.ts'
import type { Anchor, AnchorPoint } from './anchor.ts'
import type { Head } from './chain.ts'
import { readSeals } from './chain-store.ts'
import { sealBatch } from './seal.ts'

/** So that a row is sealed within a second of its commit, with room for the batch itself. */
const everyMs = 500
const anchorEveryMs = 10_000
/** A broken chain is said again this often, not twice a second. */
const complainEveryMs = 60_000

export type Sealer = {
  /** Seals all that can be sealed now. For tests and for the end of a process. */
  sealNow: () => Promise<void>
  start: () => void
  stop: () => Promise<void>
}

/** Seals the audit log in the background. Every process runs one; a lock lets one of them work at a time. */
export const createSealer = (deps: {
  db: Database
  crypto: Crypto
  clock: Clock
  log: Log
  anchor: Anchor
}): Sealer => {
  const { db, clock, log, anchor } = deps
  const stopping = new AbortController()
  let loop: Promise<void> | undefined
  let seen: AnchorPoint | undefined
  let isAnchorRead = false
  let anchoredAtMs = -Infinity
  let complainedAtMs = -Infinity

  const complain = (message: string, error?: unknown): void => {
    if (clock.monotonicMs() - complainedAtMs < complainEveryMs) return
    complainedAtMs = clock.monotonicMs()
    log.error({ err: error }, message)
  }

  /** Moves the anchor forward, never back or aside: an anchor that the chain contradicts is the evidence. */
  const moveAnchor = async (head: Head, isLast: boolean): Promise<void> => {
    if (!isAnchorRead) {
      seen = await anchor.read()
      isAnchorRead = true
    }
    if (seen && seen.seal === head.seq && seen.hash === head.head.toString('hex')) return
    if (!isLast && clock.monotonicMs() - anchoredAtMs < anchorEveryMs) return
    if (seen) {
      const [seal] = await readSeals(db, seen.seal - 1, seen.seal, 1)
      if (seal?.head.toString('hex') !== seen.hash) {
        return complain(`the audit log was cut off or rewritten: it had ${seen.rows} rows with head ${seen.hash}`)
      }
    }
    seen = pointOf(head)
    await anchor.write(seen)
    anchoredAtMs = clock.monotonicMs()
  }

  const sealAll = async (isLast: boolean): Promise<void> => {
    for (;;) {
      const outcome = await sealBatch(deps)
      if (outcome.kind === 'not_leader') return
      if (outcome.isFull) continue
      if (outcome.head) await moveAnchor(outcome.head, isLast)
      return
    }
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sealAll(false).catch((error: unknown) =>
        complain(`the audit log was not sealed: ${messageOf(error)}`, error),
      )
      await clock.sleep(everyMs, stopping.signal)
    }
    await sealAll(true).catch((error: unknown) =>
      complain(`the audit log was not sealed at the end: ${messageOf(error)}`, error),
    )
  }

  return {
    sealNow: () => sealAll(true),
    start: () => void (loop ??= run()),
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}
