import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { AccountView } from '#contracts/account.ts'
import { renderPage } from '../app/test-page.tsx'
import { AccountsPage } from './AccountsPage.tsx'

const at = '2026-11-27T12:00:00.000Z'
const type = (name: string, error: { message: string; missingActions: string[] } | null) => ({
  type: name,
  status: error === null ? ('fresh' as const) : ('failing' as const),
  sweptAt: at,
  nextAt: at,
  resources: 3,
  error: error === null ? null : { ...error, at },
})
const denied = { message: 'UnauthorizedOperation: no', missingActions: ['ec2:DescribeVolumes'] }
const shop: AccountView = {
  id: '111122223333',
  name: 'shop',
  cloud: 'aws',
  regions: ['eu-west-1'],
  credentials: { kind: 'ambient' },
  isProduction: true,
  costs: 'prices',
  costExplorer: null,
  sync: [
    {
      region: 'eu-west-1',
      service: 'ec2',
      status: 'failing',
      sweptAt: at,
      nextAt: at,
      seconds: 1,
      resources: 6,
      error: { ...denied, at },
      types: [type('ec2.instance', null), type('ec2.volume', denied)],
    },
  ],
}
const proposal = {
  id: '444455556666',
  name: 'lab',
  cloud: 'aws',
  regions: ['eu-west-1'],
  credentials: { kind: 'role', roleArn: 'arn:aws:iam::444455556666:role/aws-orchestrator', externalId: null },
  isProduction: false,
  costs: 'prices',
  costExplorer: null,
}
const freshness = { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] }
const open = (actions: string[]) =>
  renderPage(<AccountsPage />, {
    route: '/accounts',
    path: '/accounts',
    answers: {
      'GET /api/v1/auth/me': () => [200, { user: { id: 'u', email: 'a@b.c', roles: ['admin'] }, actions }],
      'GET /api/v1/accounts': () => [200, { items: [shop], nextCursor: null, total: { value: 1, relation: 'eq' } }],
      'POST /api/v1/resources/refresh': () => [200, { items: [], gone: [], freshness }],
      'POST /api/v1/accounts/discover': () => [
        200,
        {
          items: [
            { id: '444455556666', name: 'lab', status: 'active', isKnown: false, proposal },
            { id: '111122223333', name: 'shop', status: 'active', isKnown: true, proposal: null },
          ],
        },
      ],
      'POST /api/v1/accounts': () => [201, { ...shop, id: '444455556666', name: 'lab' }],
    },
  })

it('says which permission is missing for what, and reads again on demand', async () => {
  const { requests } = open(['account.read', 'resource.refresh'])
  expect(await screen.findByText(/ec2\.volume: The role may not ec2:DescribeVolumes\./)).toBeTruthy()
  fireEvent.click(await screen.findByRole('button', { name: 'Sync now' }))
  await waitFor(() => expect(requests.some(({ method }) => method === 'POST')).toBe(true))
  expect(await requests.find(({ method }) => method === 'POST')?.json()).toEqual({ account: '111122223333' })
  // Who may not manage accounts is offered nothing of that.
  expect(screen.queryByRole('button', { name: 'Find accounts' })).toBeNull()
})

it('finds the accounts of an organization and adds those that are chosen, as they were proposed', async () => {
  const { requests } = open(['account.read', 'account.manage', 'resource.refresh'])
  fireEvent.click(await screen.findByRole('button', { name: 'Find accounts' }))
  const dialog = within(await screen.findByRole('dialog'))
  fireEvent.click(dialog.getByRole('button', { name: 'Find' }))
  fireEvent.click(await dialog.findByRole('button', { name: 'Add 1' }))
  const added = () => requests.find(({ method, url }) => method === 'POST' && url.endsWith('/accounts'))
  await waitFor(() => expect(added()).toBeTruthy())
  expect(await added()?.json()).toEqual(proposal)
})
