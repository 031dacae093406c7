import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { TaskRow } from '#contracts/task.ts'
import { renderPage } from '../app/test-page.tsx'
import { taskMoved } from '../app/notices.ts'
import { patchTask } from './patch-task.ts'
import { TasksPage } from './TasksPage.tsx'

const row: TaskRow = {
  id: '01a206f9-5748-7000-81ff-8edd77c77106',
  operation: 'ec2.stop',
  status: 'running',
  params: {},
  progress: {
    total: 3,
    pending: 1,
    running: 2,
    waiting: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    drifted: 0,
    compensated: 0,
    cancelled: 0,
  },
  requestedBy: { id: 'u1', email: 'ada@example.org' },
  reason: 'at night',
  priority: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  notBefore: null,
  notBeforeReason: null,
  remainingSeconds: null,
  expectedEndAt: null,
  itemsPerSecond: null,
  links: {},
  plan: { planHash: 'a', risk: 'R2', undo: 'exact', approvals: { needed: 0, reason: '', confirmation: null } },
  accounts: ['111122223333'],
}
const list = (items: TaskRow[]): [number, unknown] => [
  200,
  { items, nextCursor: null, total: { value: items.length, relation: 'eq' } },
]
const problem = {
  type: 'about:blank',
  title: 'Too busy',
  status: 503,
  detail: 'Try again in a moment.',
  instance: '/',
  code: 'busy',
  requestId: 'req-7',
}
const open = (answer: () => [number, unknown], path = '/tasks') =>
  renderPage(<TasksPage />, {
    route: '/tasks',
    path,
    answers: { 'GET /api/v1/tasks': answer, 'GET /api/v1/operations': () => list([]) },
  })

describe('the states of a table', () => {
  it('is loading, then empty, with the first step to take', async () => {
    open(() => list([]))
    expect(screen.getByText('Loading tasks')).toBeTruthy()
    await screen.findByText('No tasks yet')
    expect(screen.getByText('Choose instances to work on')).toBeTruthy()
  })

  it('tells no match from empty, and clears the filter', async () => {
    const { requests } = open(() => list([]), '/tasks?status=failed&q=web')
    await screen.findByText('No tasks match')
    expect(requests.some(({ url }) => url.endsWith('/tasks?status=failed&q=web'))).toBe(true)
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    await screen.findByText('No tasks yet')
  })

  it('says what failed with the request’s id, and reads again on retry', async () => {
    let isBusy = true
    open(() => (isBusy ? [503, problem] : list([row])))
    await screen.findByText('Try again in a moment.')
    expect(screen.getByText('req-7')).toBeTruthy()
    isBusy = false
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await screen.findByRole('link', { name: 'ec2.stop' })
  })

  it('counts down how long a task still takes, and says nothing of one whose end is not known', async () => {
    const expectedEndAt = new Date(Date.now() + 1800_000).toISOString()
    open(() =>
      list([
        { ...row, expectedEndAt },
        { ...row, id: `${row.id.slice(0, -1)}7` },
      ]),
    )
    const shown = (): string => screen.getByText(/^\d+ min( \d+ s)?$/).textContent
    await screen.findByText(/^\d+ min/)
    const first = shown()
    expect(first).toMatch(/^(30 min|2\d min( \d+ s)?)$/)
    await waitFor(() => expect(shown()).not.toBe(first))
  })

  it('shows what a live event says at once, without reading again', async () => {
    const { store, requests } = open(() => list([row]))
    await screen.findByText('0 of 3 done, 2 running')
    const before = requests.length
    const progress = {
      total: 3,
      waiting: 1,
      succeeded: 1,
      failed: 0,
      skipped: 0,
      drifted: 0,
      compensated: 0,
      cancelled: 0,
    }
    patchTask(store, { id: row.id, status: 'waiting', progress })
    store.dispatch(taskMoved({ taskId: row.id, status: 'waiting', progress }))
    await screen.findByText('1 of 3 done, 1 running, 1 waiting')
    expect(screen.getByText('Waiting for AWS')).toBeTruthy()
    expect(requests).toHaveLength(before)
  })
})
