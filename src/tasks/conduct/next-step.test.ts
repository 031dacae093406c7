import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Conduct, Predecessor } from '../store/conducted-tasks.ts'
import { nextStep } from './next-step.ts'
import type { Watched } from './next-step.ts'

const now = new Date('2026-01-01T12:00:00Z')
const conduct: Conduct = {
  task_id: 't',
  wave_ends: [1, 16, 91, 300],
  released: 1,
  released_to: 1,
  released_at: [now],
  over_at: [],
  soak_seconds: 0,
  soak_until: null,
  error_budget: 0.05,
  on_budget: 'stop',
  most_failures: 0,
  is_after: false,
  stopped_by: null,
  undo_problem: null,
  closed_at: null,
}
const task = { id: 't', status: 'running', total: 300, open: 300, failed: 0, compensated: 0, succeeded: 0 } as const
const step = (change: Partial<Conduct>, of: Partial<Parameters<typeof nextStep>[1]>, before: Predecessor[] = []) =>
  nextStep({ ...conduct, ...change }, { ...task, ...of }, before, now)

test('the next wave is released when as many have ended as were released, with the budget that it brings', () => {
  assert.deepEqual(step({}, {}), { kind: 'wait' })
  assert.deepEqual(step({}, { open: 299, succeeded: 1 }), { kind: 'release', to: 16, mostFailures: 0 })
  const second = { released: 2, released_to: 16 }
  assert.deepEqual(step(second, { open: 285, succeeded: 15 }), { kind: 'wait' })
  assert.deepEqual(step(second, { open: 284, succeeded: 16 }), { kind: 'release', to: 91, mostFailures: 4 })
  assert.deepEqual(step({ released: 4, released_to: 300 }, { open: 5 }), { kind: 'wait' })
})

test('between two waves it soaks, and goes on when that is over', () => {
  const over = { open: 299, succeeded: 1 }
  assert.equal(step({ soak_seconds: 60 }, over).kind, 'soak')
  const soaking = { soak_seconds: 60, over_at: [now] }
  assert.equal(step({ ...soaking, soak_until: new Date(now.getTime() + 1) }, over).kind, 'wait')
  assert.equal(step({ ...soaking, soak_until: now }, over).kind, 'release')
})

test('with alarms a wave soaks until they were seen to be quiet at its end, and one that goes off pauses', () => {
  const over = { ...task, open: 299, succeeded: 1 }
  const watched = (change: Partial<Conduct>, watch: Watched, of: Partial<Parameters<typeof nextStep>[1]> = {}) =>
    nextStep({ ...conduct, ...change }, { ...over, ...of }, [], now, watch)
  const later = new Date(now.getTime() + 1)
  const pause = { kind: 'pause', why: 'It went off.', known: {} } as const
  // Without a time to soak there is one look after each wave.
  assert.equal(watched({}, { look: undefined, quietAt: now }).kind, 'soak')
  const soaking = { over_at: [now], soak_until: now }
  assert.equal(watched(soaking, { look: undefined, quietAt: null }).kind, 'wait')
  assert.equal(watched(soaking, { look: undefined, quietAt: new Date(now.getTime() - 1) }).kind, 'wait')
  assert.equal(watched(soaking, { look: undefined, quietAt: now }).kind, 'release')
  assert.equal(watched({ ...soaking, soak_until: later }, { look: undefined, quietAt: later }).kind, 'wait')
  assert.equal(watched(soaking, { look: { kind: 'unread', why: 'x' }, quietAt: null }).kind, 'wait')
  assert.deepEqual(watched(soaking, { look: pause, quietAt: now }), pause)
  // Also while a wave is under way.
  assert.deepEqual(watched({}, { look: pause, quietAt: now }, { open: 300 }), pause)
  for (const status of ['paused', 'cancelling', 'awaiting_approval'] as const)
    assert.equal(watched(soaking, { look: pause, quietAt: now }, { status }).kind, 'wait', status)
})

test('more failures than the budget allows stop it, whether or not they were taken back', () => {
  assert.equal(step({}, { failed: 1, open: 299 }).kind, 'stop')
  const third = { released: 3, released_to: 91, most_failures: 4 }
  assert.equal(step(third, { failed: 4, open: 250 }).kind, 'wait')
  assert.equal(step(third, { failed: 4, compensated: 1, open: 250 }).kind, 'stop')
  assert.equal(step({ ...third, most_failures: null }, { failed: 80, open: 250 }).kind, 'wait')
  assert.equal(step(third, { status: 'paused', failed: 5, open: 250 }).kind, 'stop')
  assert.equal(step(third, { status: 'cancelling', failed: 5, open: 250 }).kind, 'wait')
})

test('nothing is released while it is paused, cancelled or not approved', () => {
  for (const status of ['paused', 'cancelling', 'awaiting_approval'] as const) {
    assert.equal(step({}, { status, open: 299, succeeded: 1 }).kind, 'wait')
  }
})

test('what is over is closed, with the undo where the budget asks for one and there is something to take back', () => {
  assert.deepEqual(step({}, { status: 'succeeded', open: 0 }), { kind: 'close', isUndoDue: false })
  const stopped = { on_budget: 'undo', stopped_by: 'error_budget_exceeded' } as const
  assert.deepEqual(step(stopped, { status: 'cancelled', open: 0, succeeded: 3 }), { kind: 'close', isUndoDue: true })
  assert.deepEqual(step(stopped, { status: 'cancelled', open: 0 }), { kind: 'close', isUndoDue: false })
  assert.deepEqual(step({ ...stopped, stopped_by: null }, { status: 'cancelled', open: 0, succeeded: 3 }), {
    kind: 'close',
    isUndoDue: false,
  })
  assert.deepEqual(nextStep(conduct, undefined, [], now), { kind: 'close', isUndoDue: false })
})

test('it begins when all that it waits for is over, and is stopped when one did not succeed that had to', () => {
  const after = { is_after: true, released: 0, released_to: 0, released_at: [], most_failures: null }
  const of = (status: Predecessor['status'], on_end: Predecessor['on_end'] = 'succeeded'): Predecessor => ({
    id: 'p',
    on_end,
    status,
    operation: null,
  })
  const held = { status: 'scheduled' } as const
  assert.equal(step(after, held, [of('succeeded'), of('running')]).kind, 'wait')
  assert.deepEqual(step(after, held, [of('succeeded'), of('failed', 'finished')]), {
    kind: 'release',
    to: 1,
    mostFailures: 0,
  })
  assert.equal(step(after, held, [of('running'), of('partly_failed')]).kind, 'stop')
  assert.equal(step(after, held, [of(null)]).kind, 'stop')
  assert.equal(step(after, held, [of(null, 'finished')]).kind, 'release')
  assert.equal(step(after, { status: 'awaiting_approval' }, [of('succeeded')]).kind, 'end-after')
  assert.equal(step(after, { status: 'awaiting_approval' }, [of('rejected')]).kind, 'stop')
})
