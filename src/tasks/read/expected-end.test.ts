import { test } from 'node:test'
import assert from 'node:assert/strict'
import { expectedEnd } from './expected-end.ts'
import type { Course } from './expected-end.ts'

const start = Date.parse('2026-03-01T12:00:00.000Z')
const after = (seconds: number): Date => new Date(start + seconds * 1000)
const seconds = (calls: number, waits: number) => ({ calls, waits, total: calls + waits })

/** 5,000 stops in one place: 1,000 from the full bucket and 4,000 at 20 a second are 200 s; each takes 30 s to stop. */
const stops: Course = {
  status: 'running',
  startedAt: after(0),
  notBefore: null,
  total: 5000,
  plan: { expectedSeconds: seconds(200, 30) },
  places: [{ open: 5000, ended: 0, recent: 0 }],
}
const left = (course: Partial<Course>, second: number) =>
  expectedEnd({ ...stops, ...course }, after(second)).remainingSeconds

test('before anything ended the plan says when it will be over', () => {
  const end = expectedEnd(stops, after(10))
  assert.deepEqual(end, { remainingSeconds: 220, expectedEndAt: '2026-03-01T12:03:50.000Z', itemsPerSecond: 0 })
})

test('the burst of a full bucket is not taken for the rate', () => {
  // At 45 s, 15 s after the first ended: 1,000 + 15 * 20 = 1,300 ended, which at that pace would leave 43 s. It takes 185.
  assert.equal(left({ places: [{ open: 3700, ended: 1300, recent: 1300 }] }, 45), 185)
})

test('what ends lately wins over the plan', () => {
  // At 130 s a neighbour takes half of the refill: 300 in the last 30 s are 10 a second, and 2,000 open ones take 200 s.
  const places = [{ open: 2000, ended: 3000, recent: 300 }]
  const end = expectedEnd({ ...stops, places }, after(130))
  assert.deepEqual(end, { remainingSeconds: 200, expectedEndAt: '2026-03-01T12:05:30.000Z', itemsPerSecond: 10 })
})

test('the slowest place counts', () => {
  // 600 at 20 a second are 30 s, 900 at 10 a second are 90 s.
  const places = [
    { open: 600, ended: 1000, recent: 600 },
    { open: 900, ended: 800, recent: 300 },
    { open: 0, ended: 50, recent: 0 },
  ]
  const end = expectedEnd({ ...stops, places }, after(100))
  assert.equal(end.remainingSeconds, 90)
  assert.equal(end.itemsPerSecond, 30)
})

test('an estimate that has passed is none', () => {
  assert.equal(left({ places: [{ open: 5000, ended: 0, recent: 0 }] }, 231), null)
  // Where one Region is down, that the others go on doesn't help.
  const places = [
    { open: 100, ended: 900, recent: 600 },
    { open: 7, ended: 500, recent: 0 },
  ]
  assert.equal(left({ places }, 300), null)
  // Few end, but they do: 40 in 400 s, so that 10 more take 100 s.
  assert.equal(left({ places: [{ open: 10, ended: 40, recent: 3 }] }, 400), 100)
})

test('what has not begun takes what the plan says, from when it may begin', () => {
  assert.equal(left({ status: 'queued', startedAt: null, places: [] }, 7), 230)
  assert.equal(left({ status: 'scheduled', startedAt: null, notBefore: after(3600), places: [] }, 0), 3830)
  // Half of it was done when a freeze came: 100 s of calls and the waits, after it.
  const places = [{ open: 2500, ended: 2500, recent: 0 }]
  assert.equal(left({ notBefore: after(1000), places }, 400), 600 + 130)
})

test('waves to come and the soaks between them are part of it', () => {
  // 10 + 30 + 50 of work and two soaks of 60 s: 210 s.
  const plan = {
    expectedSeconds: { calls: 60, waits: 30, total: 210 },
    waves: [
      { size: 1, expectedSeconds: seconds(0, 10) },
      { size: 400, expectedSeconds: seconds(20, 10) },
      { size: 1599, expectedSeconds: seconds(40, 10) },
    ],
  }
  const waved = (conduct: Partial<NonNullable<Course['conduct']>>, places: Course['places'], second: number) => {
    const released = { released: 1, released_at: [after(0)], soak_until: null, is_after: false, ...conduct }
    return left({ total: 2000, plan, conduct: released, places }, second)
  }
  assert.equal(waved({}, [{ open: 1, ended: 0, recent: 0 }], 4), 206)
  // The first took 12 s instead of 10; it soaks until 72.
  assert.equal(waved({ soak_until: after(72) }, [{ open: 0, ended: 1, recent: 1 }], 22), 50 + 30 + 60 + 50)
  // The second was released at 72; 15 s in, 15 are left, then 60 and 50.
  const second = { released: 2, released_at: [after(0), after(72)] }
  assert.equal(waved(second, [{ open: 400, ended: 0, recent: 0 }], 87), 15 + 60 + 50)
})

test('nobody knows when somebody has to act first, and nothing is left of what is over', () => {
  for (const status of ['awaiting_approval', 'paused', 'cancelling', 'compensating', 'succeeded', 'failed'] as const) {
    const end = expectedEnd({ ...stops, status }, after(10))
    assert.deepEqual(end, { remainingSeconds: null, expectedEndAt: null, itemsPerSecond: null }, status)
  }
  const conduct = { released: 0, released_at: [], soak_until: null, is_after: true }
  assert.equal(left({ status: 'scheduled', startedAt: null, conduct, places: [] }, 10), null)
})
