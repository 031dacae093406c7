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

test('an attempt gets no longer than what is left of the lease, and is not made when that is too little', async () => {
  let nowMs = 0
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (_milliseconds, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  }
  const db = { query: async () => [{}] } as unknown as Database // the lease asks nothing else of it
  const log = createLog({ level: 'fatal' })
  const lease = createLease({ db, clock, log, leaseSeconds: 15, onLost: () => {} })
  await lease.start()
  for (const atMs of [0, 4_000, 8_000, 11_900]) {
    nowMs = atMs
    const allowedMs = lease.beforeAttempt()
    assert.ok(allowedMs > 0 && atMs + allowedMs < 15_000, `${allowedMs} ms at ${atMs} ms`)
  }
  // A fifth of the lease is too little to begin anything; a process that was stopped finds more than all of it gone.
  for (const atMs of [12_100, 14_900, 15_000, 60_000]) {
    nowMs = atMs
    assert.throws(() => lease.beforeAttempt(), { name: 'LeaseTooOld' })
    assert.equal(lease.isHeld(), false)
  }
  await lease.stop()
})
