import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { renderPage } from '../app/test-page.tsx'
import type { Answers } from '../app/test-page.tsx'
import { ResourcesPage } from './ResourcesPage.tsx'

const at = '2026-01-01T00:00:00.000Z'
const freshness = { source: 'cache', ageSeconds: 1, status: 'hit', partial: [] }
const row = {
  id: 'arn:aws:lambda:eu-west-1:111122223333:function:mailer',
  type: 'lambda.function',
  account: '111122223333',
  region: 'eu-west-1',
  name: 'mailer',
  state: 'Active',
  tags: {},
  cost: null,
  summary: { handler: 'index.handler', runtime: 'nodejs22.x', nested: [{ deep: 1 }] },
  config: {},
  firstSeenAt: at,
  lastSeenAt: at,
}
const list = (items: unknown[]) => ({ items, nextCursor: null, total: { value: items.length, relation: 'eq' } })
const view = {
  id: '01a206f9-5748-7000-81ff-8edd77c77106',
  name: 'Idle mailers',
  query: 'type:lambda.function (cpu:<5)',
  columns: ['name', 'summary.runtime'],
  sort: '-cost',
  isShared: true,
  owner: { id: 'u2', email: 'bob@example.org' },
  createdAt: at,
  updatedAt: at,
}
const mistake = {
  type: 'about:blank',
  title: 'The query is malformed',
  status: 400,
  detail: 'Column 1 of the query: There is no field "stat".',
  instance: '/',
  code: 'invalid_query',
  requestId: 'r',
  errors: [{ path: 'q', message: 'There is no field "stat".', value: { column: 5, length: 4, suggestion: 'state' } }],
}
const open = (path: string, more: Answers = {}) =>
  renderPage(<ResourcesPage />, {
    route: '/resources',
    path,
    answers: {
      'GET /api/v1/resources': (request) =>
        new URL(request.url).searchParams.get('q')?.includes('stat:')
          ? [400, mistake]
          : [200, { ...list([row]), freshness }],
      'GET /api/v1/resources/summary': () => [200, { byType: [{ value: 'lambda.function', count: 7, monthlyUsd: 0 }] }],
      'GET /api/v1/resources/facets': () => [
        200,
        {
          facets: [
            {
              by: 'state',
              values: [
                { value: 'Active', count: 1234 },
                { value: null, count: 2 },
              ],
              others: 0,
              isApproximate: false,
            },
          ],
          isApproximate: false,
          ageSeconds: 0,
        },
      ],
      'GET /api/v1/resources/query/suggest': () => [200, { from: 0, to: 0, items: [], problem: null }],
      'GET /api/v1/resource-views': () => [200, list([view])],
      'GET /api/v1/operations': () => [200, list([])],
      'GET /api/v1/accounts': () => [200, list([])],
      'GET /api/v1/roles': () => [200, list([])],
      ...more,
    },
  })
/** What the list was asked for last. */
const asked = (requests: readonly Request[]) =>
  new URL(requests.findLast(({ url }) => new URL(url).pathname === '/api/v1/resources')?.url ?? '').searchParams

describe('the inventory', () => {
  it('has the columns of a type, whatever type it is', async () => {
    open('/resources?type=lambda.function')
    expect(await screen.findByText('nodejs22.x')).toBeTruthy()
    expect(screen.getByText('index.handler')).toBeTruthy()
    expect(screen.queryByText('Nested')).toBeNull()
  })

  it('marks what is wrong with a query, and mends it', async () => {
    const { requests } = open('/resources?q=web+stat:running')
    const marked = await screen.findByText('stat')
    expect(marked.tagName).toBe('MARK')
    fireEvent.click(await screen.findByText('Use “state”'))
    await waitFor(() => expect(asked(requests).get('q')).toBe('web state:running'))
    expect((await screen.findAllByText('mailer')).length).toBeGreaterThan(0)
  })

  it('narrows by a value that is counted', async () => {
    const { requests } = open('/resources?q=mail')
    await screen.findAllByText('mailer')
    fireEvent.click(await screen.findByRole('button', { name: 'Narrow by State' }))
    fireEvent.click(await screen.findByText('1,234'))
    await waitFor(() => expect(asked(requests).get('q')).toBe('mail state:Active'))
  })

  it('opens a view with its query, order and columns', async () => {
    const { requests } = open('/resources?type=lambda.function')
    await screen.findByText('index.handler')
    fireEvent.click(screen.getByRole('button', { name: 'Views' }))
    fireEvent.click(await screen.findByText('Idle mailers'))
    await waitFor(() => expect(asked(requests).get('q')).toBe('cpu:<5'))
    expect(asked(requests).get('type')).toBe('lambda.function')
    expect(asked(requests).get('sort')).toBe('-cost')
    await waitFor(() => expect(screen.queryByText('index.handler')).toBeNull())
    expect(screen.getByText('nodejs22.x')).toBeTruthy()
  })
})
