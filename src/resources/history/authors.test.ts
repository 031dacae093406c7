import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsOf, tasksOf } from './authors.ts'

const time = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)
const touch = (task: string, from: number, to: number) => ({
  id: 'x',
  task_id: task,
  first_at: time(from),
  last_at: time(to),
})
const who = (at: number, ...touches: ReturnType<typeof touch>[]) => tasksOf({ at: time(at), previousAt: null }, touches)

test('the task that was at work is named, not the one that had ended or was about to begin', () => {
  const [tag, stop] = [touch('tag', 0, 3), touch('stop', 6, 40)]
  assert.deepEqual(who(2, stop, tag), ['tag'])
  assert.deepEqual(who(7, stop, tag), ['stop'])
  assert.deepEqual(who(45, stop, tag), ['stop'])
  assert.deepEqual(who(4, tag), ['tag'])
})

test('what is seen just before a call was answered is its doing; long before or after is not', () => {
  assert.deepEqual(who(0, touch('stop', 4, 10)), ['stop'])
  assert.deepEqual(who(0, touch('stop', 6, 10)), [])
  assert.deepEqual(who(100, touch('stop', 4, 10)), ['stop'])
  assert.deepEqual(who(101, touch('stop', 4, 10)), [])
})

test('two that were at work at once are both named', () => {
  assert.deepEqual(who(5, touch('a', 0, 10), touch('b', 1, 20)), ['a', 'b'])
})

test('calls of CloudTrail belong to the version after them, for at most half an hour', () => {
  const event = (seconds: number) => ({ eventId: String(seconds), at: time(seconds), event: 'X', actor: 'y' })
  const ids = (at: number, previous: number | null, ...events: ReturnType<typeof event>[]) =>
    eventsOf({ at: time(at), previousAt: previous === null ? null : time(previous) }, events).map(
      ({ eventId }) => eventId,
    )
  assert.deepEqual(ids(100, 50, event(99), event(60), event(20)), ['99', '60'])
  assert.deepEqual(ids(100, 90, event(80), event(20)), ['80'], 'the last one before, where there is none between')
  assert.deepEqual(ids(100, null, event(104)), ['104'])
  assert.deepEqual(ids(100, null, event(106)), [])
  assert.deepEqual(ids(10_000, null, event(8_201), event(8_190)), ['8201'])
})
