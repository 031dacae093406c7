import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStore } from '../app/store.ts'
import { taskFiled } from '../app/notices.ts'
import { taskApi } from '../tasks/endpoints.ts'
import { createFeed, tagsOf } from './feed.ts'

const session = { token: async () => 'token', renew: async () => null, begin: () => {}, end: () => {} }
const make = () => {
  const requests: string[] = []
  const answer: typeof fetch = async (input) => {
    requests.push(String(input))
    return Response.json({ items: [], nextCursor: null, total: { value: 0, relation: 'eq' } })
  }
  const store = createStore({ session, fetch: answer })
  return { store, feed: createFeed(store), requests }
}
const event = (cursor: string, data: unknown, topic = 'tasks') => ({
  cursor,
  topic,
  type: 'task.changed',
  at: '2026-01-01T00:00:00.000Z',
  data,
})

describe('the live feed', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('moves the notice of a filed task on, and takes an event that comes twice once', () => {
    const { store, feed } = make()
    store.dispatch(taskFiled({ taskId: 't1', operation: 'ec2.stop', status: 'queued' }))
    feed.take(event('5-2', { id: 't1', status: 'succeeded' }))
    feed.take(event('5-1', { id: 't1', status: 'running' }))
    expect(store.getState().notices).toMatchObject([{ taskId: 't1', status: 'succeeded' }])
    expect(store.getState().live.cursor).toBe('5-2')
  })

  it('reads again once for a burst of events', async () => {
    const { store, feed, requests } = make()
    void store.dispatch(taskApi.endpoints.listTasks.initiate({ status: 'running' }))
    await vi.advanceTimersByTimeAsync(100)
    expect(requests).toHaveLength(1)
    for (let id = 1; id <= 50; id += 1) feed.take(event(`7-${id}`, { id: 't1' }, 'tasks/t1'))
    await vi.advanceTimersByTimeAsync(1000)
    expect(requests).toHaveLength(2)
  })

  it('knows that an event of one task concerns the lists as well', () => {
    expect(tagsOf(event('1-1', {}, 'tasks/t9'))).toEqual([
      'TaskList',
      { type: 'Task', id: 't9' },
      { type: 'TaskItems', id: 't9' },
      { type: 'TaskEvents', id: 't9' },
    ])
    expect(tagsOf(event('1-1', {}, 'alerts'))).toEqual(['Alert'])
    expect(tagsOf(event('1-1', {}, 'ai/1'))).toEqual([])
  })
})
