import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newsOf, nothingTold } from './news.ts'

/** What is told of a task whose log says this. */
const told = (...log: [type: string, status: string, progress?: object][]): string[] => {
  let state = nothingTold
  return log.flatMap(([type, status, progress]) => {
    const found = newsOf({ type: `task.${type}`, data: { id: 't', status, ...(progress ? { progress } : {}) } }, state)
    state = found.state
    return found.news.map((name) => name.replace('task.', ''))
  })
}

test('each thing is told once, in its order', () => {
  assert.deepEqual(
    told(
      ['created', 'awaiting_approval'],
      ['changed', 'queued'],
      ['changed', 'running', { total: 3, drifted: 0 }],
      ['changed', 'running', { total: 3, drifted: 1 }],
      ['changed', 'waiting', { total: 3, drifted: 2 }],
      ['changed', 'partly_failed', { total: 3, drifted: 2 }],
    ),
    ['created', 'awaiting_approval', 'started', 'drifted', 'finished', 'failed'],
  )
})

test('a task that begins and ends in one write has begun all the same', () => {
  assert.deepEqual(told(['created', 'queued'], ['changed', 'succeeded', { total: 1 }]), [
    'created',
    'started',
    'finished',
  ])
})

test('what was never begun did not start', () => {
  assert.deepEqual(told(['created', 'awaiting_approval'], ['changed', 'expired', { total: 1, cancelled: 1 }]), [
    'created',
    'awaiting_approval',
    'approval_expired',
    'finished',
  ])
  assert.deepEqual(told(['created', 'queued'], ['changed', 'cancelled', { total: 2, cancelled: 2 }]), [
    'created',
    'finished',
  ])
  assert.deepEqual(told(['created', 'queued'], ['changed', 'cancelled', { total: 2, cancelled: 1 }]), [
    'created',
    'started',
    'finished',
  ])
  assert.deepEqual(told(['created', 'scheduled'], ['changed', 'paused'], ['changed', 'cancelling']), ['created'])
})
