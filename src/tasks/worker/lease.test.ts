import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createLease } from './lease.ts'

test('a renewal that fails is tried again at once, not after another third of the lease', async () => {
  let nowMs = 0
  const asleep: { untilMs: number; wake: () => void }[] = []
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve())
        asleep.push({ untilMs: nowMs + milliseconds, wake: resolve })
      }),
  }
  const askedAtMs: number[] = []
  const db = {
    query: async ({ name }: { name: string }) => {
      if (name !== 'workers.renew') return []
      askedAtMs.push(nowMs)
      if (askedAtMs.length <= 2) throw new Error('Connection terminated unexpectedly')
      return [{}]
    },
  } as unknown as Database // the lease asks nothing else of it
  let lost = 0
  const log = createLog({ level: 'fatal' })
  const lease = createLease({ db, clock, log, leaseSeconds: 15, onLost: () => lost++ })
  await lease.start()
  while (askedAtMs.length < 4) {
    const next = asleep.shift()
    if (next) {
      nowMs = next.untilMs
      next.wake()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(askedAtMs, [5_000, 5_500, 6_000, 11_000])
  assert.equal(lost, 0)
  await lease.stop()
})
