import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testOperation } from '../../../test/support/engine.ts'
import { fullTasks, intoBatches } from './batches.ts'
import type { HeldItem } from './held-item.ts'

const operation = testOperation({ name: 'test.batched', batchSize: 50 })

const item = (taskId: string, ordinal: number, more: Partial<HeldItem> = {}): HeldItem => ({
  account: '111111111111',
  id: `${taskId}-${ordinal}`,
  taskId,
  ordinal,
  region: 'eu-west-1',
  targetId: `arn:${ordinal}`,
  before: {},
  after: {},
  step: 0,
  stepAttempt: 0,
  stepStartedAt: null,
  isArmed: false,
  isDoubtful: false,
  isCompensating: false,
  inWait: false,
  steps: [],
  move: 0,
  attempt: 1,
  recoveries: 0,
  priority: 0,
  operation: operation.name,
  operationVersion: 1,
  params: {},
  taskStatus: 'running',
  taskItems: 5_000,
  error: null,
  worker: 'w',
  actual: null,
  ...more,
})
const many = (taskId: string, count: number, more: Partial<HeldItem> = {}): HeldItem[] =>
  Array.from({ length: count }, (_, ordinal) => item(taskId, ordinal, more))
const batchesOf = (items: HeldItem[]) => intoBatches(items, () => operation).batches

test('items that one call can serve become batches as large as a call may be', () => {
  assert.deepEqual(
    batchesOf(many('a', 120)).map(({ items }) => items.length),
    [50, 50, 20],
  )
})

test('tasks with the same parameters share a batch, with others they do not', () => {
  const items = [
    ...many('a', 2, { params: { type: 'm7i.large' } }),
    ...many('b', 2, { params: { type: 'm7i.large' } }),
    ...many('c', 2, { params: { type: 'm7i.xlarge' } }),
  ]
  assert.deepEqual(
    batchesOf(items).map((batch) => batch.items.map(({ taskId }) => taskId)),
    [
      ['a', 'a', 'b', 'b'],
      ['c', 'c'],
    ],
  )
})

test('somebody waits for a task of few items or of a priority; others are work in bulk, and never in one batch with it', () => {
  const items = [
    item('few', 0, { taskItems: 20 }),
    item('many', 0, { taskItems: 21 }),
    item('urgent', 0, { priority: 1 }),
    item('low', 0, { taskItems: 1, priority: -1 }),
  ]
  assert.deepEqual(
    batchesOf(items).map((batch) => [batch.isInteractive, batch.items.map(({ taskId }) => taskId)]),
    [
      [true, ['few', 'urgent']],
      [false, ['many', 'low']],
    ],
  )
})

test('a worker has enough of a large task at a quarter of its slots, of several at half of them together', () => {
  const inHand = (taskId: string, batches: number, more?: Partial<HeldItem>) =>
    batchesOf(many(taskId, batches * 50, more))
  assert.deepEqual(fullTasks(inHand('a', 11), 50), [])
  assert.deepEqual(fullTasks(inHand('a', 12), 50), ['a'])
  // Half of 50 over five tasks: five each.
  const five = ['a', 'b', 'c', 'd', 'e'].flatMap((taskId, index) => inHand(taskId, index === 0 ? 5 : 4))
  assert.deepEqual(fullTasks(five, 50), ['a'])
  assert.deepEqual(fullTasks(inHand('few', 30, { taskItems: 20 }), 50), [])
})
