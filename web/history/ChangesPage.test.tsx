import { fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { NetChanges } from '#contracts/net-changes.ts'
import { renderPage } from '../app/test-page.tsx'
import { ChangesPage } from './ChangesPage.tsx'

const none = { value: 0, relation: 'eq' } as const
const net: NetChanges = {
  items: [
    {
      resource: {
        id: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1',
        type: 'ec2.instance',
        account: '111122223333',
        region: 'us-east-1',
        name: 'web-1',
      },
      changes: [{ path: '/tags/env', before: 'dev', after: 'prod' }],
      versions: 3,
      knownSince: null,
      kind: 'changed',
      firstAt: '2026-01-01T10:00:00.000Z',
      lastAt: '2026-01-01T11:00:00.000Z',
    },
  ],
  nextCursor: null,
  total: { value: 1, relation: 'eq' },
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-02T00:00:00.000Z',
  keptSince: '2025-01-01T00:00:00.000Z',
  byKind: { created: none, changed: { value: 1, relation: 'eq' }, gone: none, back: none },
}
const each = { items: [], nextCursor: null, total: none, from: net.from, to: net.to, keptSince: net.keptSince }
const answers = {
  'GET /api/v1/resources/changes': (): [number, unknown] => [200, each],
  'GET /api/v1/resources/changes/net': (): [number, unknown] => [200, net],
}

const netQuestion = (requests: readonly Request[]): URLSearchParams =>
  requests.map(({ url }) => new URL(url)).find(({ pathname }) => pathname.endsWith('/changes/net'))?.searchParams ??
  new URLSearchParams()

describe('changes between two times', () => {
  it('are each change, or what is different in the end', async () => {
    const { requests } = renderPage(<ChangesPage />, { answers })
    await screen.findByText('No changes yet')
    fireEvent.click(screen.getByRole('button', { name: 'In sum' }))
    const table = await screen.findByRole('table', { name: 'Changes in sum' })
    await within(table).findByText('Tag env:')
    for (const text of ['web-1', 'dev', 'prod', '3 changes']) within(table).getByText(text)
    const asked = netQuestion(requests)
    expect(Date.parse(asked.get('to') ?? '') - Date.parse(asked.get('from') ?? '')).toBe(86_400_000)
  })

  it('are those between the moments in the address', async () => {
    const path = `/?view=net&from=${net.from}&to=${net.to}&kind=changed`
    const { requests } = renderPage(<ChangesPage />, { path, answers })
    await screen.findByText('web-1')
    expect(Object.fromEntries(netQuestion(requests))).toMatchObject({ from: net.from, to: net.to, kind: 'changed' })
  })
})
