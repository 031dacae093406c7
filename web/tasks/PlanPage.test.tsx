import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Plan } from '#contracts/task.ts'
import { renderPage } from '../app/test-page.tsx'
import { PlanPage } from './PlanPage.tsx'

const arn = (id: string) => `arn:aws:ec2:eu-central-1:111122223333:instance/${id}`
const target = (id: string, name: string) => ({
  id: arn(id),
  name,
  account: '111122223333',
  region: 'eu-central-1',
  before: { state: 'running' },
  after: { state: 'stopped' },
})
const plan: Plan = {
  planHash: 'a'.repeat(64),
  operation: 'ec2.stop',
  operationVersion: 1,
  params: {},
  risk: 'R2',
  undo: 'best-effort',
  targets: [{ ...target('i-10', 'web-10'), warnings: ['loses its public address'] }, target('i-2', 'web-2')],
  excluded: [{ id: arn('i-3'), why: 'it is stopped already' }],
  steps: [],
  monthlyCostDeltaUsd: -140.16,
  expectedSeconds: { calls: 2, waits: 60, total: 62 },
  approvals: { needed: 1, reason: 'Two of them are production.', confirmation: null },
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2100-01-01T00:00:00.000Z',
  links: { self: '/api/v1/plans/a' },
}
const filed = { id: '01a206f9-5748-7000-81ff-8edd77c77106', status: 'awaiting_approval', planHash: plan.planHash }
const open = (
  shown: Plan,
  file: [number, unknown] = [202, filed],
  actions: string[] = [],
  makePlan: () => [number, unknown] = () => [500, {}],
) =>
  renderPage(<PlanPage />, {
    route: '/plans/:hash',
    path: `/plans/${shown.planHash}`,
    answers: {
      [`GET /api/v1/plans/${shown.planHash}`]: () => [200, shown],
      'POST /api/v1/tasks': () => file,
      'POST /api/v1/plans': makePlan,
      'GET /api/v1/auth/me': () => [200, { actions }],
    },
  })

describe('the page of a plan', () => {
  it('says what will happen, to what, at which cost and how long', async () => {
    open(plan)
    await screen.findByText('ec2.stop: 2 targets')
    const [targets, leftOut] = screen.getAllByRole('table')
    if (targets === undefined || leftOut === undefined) throw new Error('Two tables are expected.')
    // Naturally sorted: web-2 before web-10.
    expect(
      within(targets)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual(['web-2', 'web-10'])
    expect(within(targets).getAllByText('stopped')).toHaveLength(2)
    expect(within(targets).getByText('loses its public address')).toBeTruthy()
    expect(within(leftOut).getByText('it is stopped already')).toBeTruthy()
    expect(screen.getByText('−$140.16')).toBeTruthy()
    expect(screen.getByText('about 1 min 2 s (calls 2 s, waits 1 min)')).toBeTruthy()
    expect(screen.getByText('One approval: Two of them are production.')).toBeTruthy()
  })

  it('files exactly this plan, once however often it is pressed, and goes to the task', async () => {
    const { requests, store } = open(plan)
    fireEvent.change(await screen.findByLabelText('Reason – optional'), { target: { value: ' at night ' } })
    fireEvent.click(screen.getByRole('button', { name: 'Ask for approval' }))
    await screen.findByText('Elsewhere')
    const posts = requests.filter(({ method }) => method === 'POST')
    expect(await posts[0]?.json()).toEqual({ planHash: plan.planHash, reason: 'at night' })
    expect(posts[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
    expect(store.getState().notices).toMatchObject([{ kind: 'task', taskId: filed.id, status: 'awaiting_approval' }])
  })

  it('repeats a refused filing under the same key, and shows why it was refused', async () => {
    const problem = {
      type: 'about:blank',
      title: 'The plan is outdated',
      status: 409,
      detail: 'Make it again.',
      instance: '/',
      code: 'plan_outdated',
      requestId: 'r-1',
    }
    const { requests } = open(plan, [409, problem])
    const button = await screen.findByRole('button', { name: 'Ask for approval' })
    fireEvent.click(button)
    await screen.findByText('Make it again.')
    fireEvent.click(button)
    await waitFor(() => expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(2))
    const keys = requests.filter(({ method }) => method === 'POST').map(({ headers }) => headers.get('idempotency-key'))
    expect(keys[0]).toBe(keys[1])
  })

  it('names the freeze that holds it, and files it for the end of the freeze', async () => {
    const freeze = { id: 'f', name: 'sale', reason: 'Black Friday', until: '2100-01-01T06:00:00.000Z', targets: 1 }
    const { requests } = open({ ...plan, approvals: { ...plan.approvals, needed: 0 }, freeze })
    await screen.findByText(/The freeze “sale” holds 1 of these targets until/)
    fireEvent.click(screen.getByRole('button', { name: 'Run on 2 targets after the freeze' }))
    await screen.findByText('Elsewhere')
    const post = requests.find(({ method }) => method === 'POST')
    expect(await post?.json()).toEqual({ planHash: plan.planHash, scheduledFor: freeze.until })
    expect(screen.queryByText('Break the glass')).toBeNull()
  })

  it('breaks the glass only for who may, with a reason and what will happen typed', async () => {
    const { requests } = open(plan, [202, filed], ['task.breakGlass'])
    await screen.findByText(/It runs at once, without the approval/)
    const button = (): HTMLElement => screen.getByRole('button', { name: 'Break the glass and run' })
    fireEvent.change(screen.getByLabelText('What is the emergency?'), { target: { value: 'the site is down' } })
    fireEvent.click(button())
    expect(requests.some(({ method }) => method === 'POST')).toBe(false)
    fireEvent.change(screen.getByLabelText('Type ec2.stop 2 to break the glass'), { target: { value: 'ec2.stop 2' } })
    fireEvent.click(button())
    await screen.findByText('Elsewhere')
    const post = requests.find(({ method }) => method === 'POST')
    expect(await post?.json()).toEqual({
      planHash: plan.planHash,
      breakGlass: { reason: 'the site is down', minutes: 60 },
    })
  })

  it('plans again with other waves, shows their sizes before, and the server’s complaint at its field', async () => {
    const complaint = {
      type: 'about:blank',
      title: 'The request is not valid',
      status: 400,
      detail: 'waves.0: is too much today',
      instance: '/',
      code: 'invalid_request',
      errors: [{ path: 'waves.0', message: 'is too much today' }],
      requestId: 'r-1',
    }
    const plans: [number, unknown][] = [
      [400, complaint],
      [201, { planHash: 'h' }],
    ]
    const { requests } = open(plan, undefined, [], () => plans.shift() ?? [500, {}])
    fireEvent.click(await screen.findByText('Waves and error budget'))
    const button = (): HTMLElement => screen.getByRole('button', { name: 'Plan with these' })
    expect(screen.getByText('2 targets, all at once')).toBeTruthy()
    fireEvent.click(screen.getByLabelText('A list of your own'))
    fireEvent.change(screen.getByLabelText('List of waves'), { target: { value: 'many' } })
    expect(screen.getByText(/Give at most 20 numbers of targets/)).toBeTruthy()
    fireEvent.click(button())
    fireEvent.change(screen.getByLabelText('List of waves'), { target: { value: '1' } })
    expect(screen.getByText('1, 1 targets')).toBeTruthy()
    fireEvent.click(button())
    expect(await screen.findByText('is too much today')).toBeTruthy()
    fireEvent.click(button())
    await waitFor(() => expect(requests.some(({ url }) => url.endsWith('/plans/h'))).toBe(true))
    const posts = requests.filter(({ method }) => method === 'POST')
    expect(posts).toHaveLength(2) // and none for what could be seen to be wrong
    expect(await posts[1]?.json()).toEqual({
      operation: 'ec2.stop',
      targets: { ids: plan.targets.map(({ id }) => id) },
      params: {},
      waves: [1],
    })
  })

  it('has nothing to confirm when every target is left out, or the plan has expired', async () => {
    open({ ...plan, targets: [] })
    const empty = await screen.findByRole('button', { name: 'Ask for approval' })
    expect(empty.getAttribute('disabled') !== null || empty.getAttribute('aria-disabled') === 'true').toBe(true)
    expect(screen.getByText(/There is nothing to do/)).toBeTruthy()
  })
})
