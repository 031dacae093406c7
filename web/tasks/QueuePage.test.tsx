import { fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { QueueState } from '#contracts/queue.ts'
import { renderPage } from '../app/test-page.tsx'
import { QueuePage } from './QueuePage.tsx'

const at = '2026-01-01T00:00:00.000Z'
const idle: QueueState = {
  tasks: {},
  items: {},
  oldestDueSeconds: 0,
  stuck: [],
  workers: [],
  quotas: [],
  breakers: [],
}
const busy: QueueState = {
  tasks: { running: 1, awaiting_approval: 2 },
  items: { pending: 4800, running: 150, waiting: 50 },
  oldestDueSeconds: 12.4,
  stuck: [
    {
      task: '01a21e87-526f-7000-bae4-02197ec7732b',
      since: at,
      why: '3 of its items are due, and no worker takes them.',
    },
  ],
  workers: [{ id: 'w1', host: 'box', pid: 42, startedAt: at, leaseUntil: at, items: 150 }],
  quotas: [
    {
      account: '111122223333',
      region: 'us-east-1',
      bucket: 'ec2:StopInstances:resources',
      tokens: 412.7,
      capacity: 950,
      refillPerSecond: 19.6,
      pace: 0.49,
      throttledAt: at,
      learned: { capacityShare: 1, refillShare: 0.5, at, throttles: 5, why: '5 throttles in a row' },
      waiting: { interactive: 1, bulk: 24 },
    },
  ],
  breakers: [
    {
      account: '111122223333',
      region: 'eu-west-1',
      service: 'ec2',
      state: 'open',
      since: at,
      failures: 7,
      nextProbeAt: at,
      lastError: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
    },
  ],
}
const problem = {
  type: 'about:blank',
  title: 'Too busy',
  status: 503,
  detail: 'Try again in a moment.',
  instance: '/',
  code: 'busy',
  requestId: 'req-7',
}
const open = (answer: () => [number, unknown]) =>
  renderPage(<QueuePage />, { answers: { 'GET /api/v1/queue': answer } })

describe('the queue', () => {
  it('is loading, then says of each table what its emptiness means', async () => {
    open(() => [200, idle])
    expect(screen.getByText('Loading quotas')).toBeTruthy()
    await screen.findByText('Every service that was asked answers.')
    expect(screen.getByText('Every task that may move does.')).toBeTruthy()
    expect(screen.getByText('Nothing was asked of AWS in the last ten minutes.')).toBeTruthy()
    expect(screen.getByText('No process with the role worker runs: tasks wait until one does.')).toBeTruthy()
  })

  it('shows levels, pace, what was learned and who waits, and what does not answer', async () => {
    open(() => [200, busy])
    const quotas = await screen.findByRole('table', { name: 'Quotas' })
    await within(quotas).findByText('ec2:StopInstances:resources')
    for (const text of ['412 of 950', '49 %', '25 calls', '1 interactive', '19.6']) within(quotas).getByText(text)
    within(quotas).getByText(/50 % of the refill, 100 % of the capacity/)
    const breakers = screen.getByRole('table', { name: 'Circuit breakers' })
    for (const text of ['Open', 'ECONNREFUSED', '7']) within(breakers).getByText(text)
    screen.getByText('4,800 pending, 150 running, 50 waiting for AWS')
    screen.getByText('1 running, 2 awaiting approval')
    screen.getByText('12 s')
  })

  it('names the tasks that are stuck, why, and what to do', async () => {
    open(() => [200, busy])
    const stuck = await screen.findByRole('table', { name: 'Stuck tasks' })
    const task = await within(stuck).findByRole('link', { name: 'Task 01a21e87' })
    expect(task.getAttribute('href')).toBe('/tasks/01a21e87-526f-7000-bae4-02197ec7732b')
    within(stuck).getByText('3 of its items are due, and no worker takes them.')
    within(stuck).getByText(/See which step its targets stand at/)
  })

  it('says what failed and reads again on retry, without rows of before', async () => {
    let isBusy = true
    open(() => (isBusy ? [503, problem] : [200, busy]))
    expect((await screen.findAllByText('Try again in a moment.')).length).toBeGreaterThan(0)
    isBusy = false
    fireEvent.click(screen.getAllByRole('button', { name: 'Retry' })[0]!) // one was just found
    await screen.findByText('ec2:StopInstances:resources')
  })

  it('tells no match from empty, and clears the filter', async () => {
    const workers = Array.from({ length: 12 }, (_, n) => ({ ...busy.workers[0]!, id: `w${n}`, pid: n }))
    open(() => [200, { ...busy, workers }])
    fireEvent.change(await screen.findByRole('searchbox', { name: 'Filter workers' }), { target: { value: 'nowhere' } })
    await screen.findByText('No workers match')
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    await screen.findByText('box, 3')
  })
})
