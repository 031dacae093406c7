import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ResourceNet as Net } from '#contracts/net-changes.ts'
import { renderPage } from '../app/test-page.tsx'
import { ResourceNet } from './ResourceNet.tsx'

const id = 'arn:aws:ec2:us-east-1:111122223333:instance/i-1'
const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']
const changed: Net = {
  resource: { id, type: 'ec2.instance', account: '111122223333', region: 'us-east-1', name: 'web-1' },
  changes: [{ path: '/state', before: 'running', after: 'stopped' }],
  versions: 4,
  knownSince: null,
  kind: 'changed',
  from,
  to,
  keptSince: '2025-01-01T00:00:00.000Z',
  leftOut: ['cost'],
}

const open = (net: Net) =>
  renderPage(<ResourceNet id={id} range={{ kind: 'between', from, to }} onChange={() => {}} onClose={() => {}} />, {
    answers: { [`GET /api/v1/resources/${encodeURIComponent(id)}/history/net`]: () => [200, net] },
  })

describe('what is different in a resource', () => {
  it('is told from what to what, and how many changes it sums up', async () => {
    const { requests } = open(changed)
    await screen.findByText('Different')
    for (const text of ['running', 'stopped', /Sums up 4 changes\. Not kept: cost\./]) screen.getByText(text)
    expect(Object.fromEntries(new URL(requests[0]?.url ?? '').searchParams)).toEqual({ from, to })
  })

  it('is nothing where it was changed back', async () => {
    open({ ...changed, kind: 'unchanged', changes: [], versions: 2 })
    await screen.findByText('The same')
    screen.getByText(/Sums up 2 changes\./)
  })

  it('says with what it is compared where it was found in between', async () => {
    open({ ...changed, knownSince: '2026-01-01T12:00:00.000Z' })
    await screen.findByText(/It was found in a first reading/)
  })

  it('says what is wrong with the times', async () => {
    renderPage(<ResourceNet id={id} range={{ kind: 'between', from, to }} onChange={() => {}} onClose={() => {}} />, {
      answers: {
        [`GET /api/v1/resources/${encodeURIComponent(id)}/history/net`]: () => [
          400,
          {
            type: 'about:blank',
            title: 'The request is malformed',
            status: 400,
            detail: 'The history goes back 395 days: nobody knows how it was before.',
            instance: '/',
            code: 'invalid_request',
            requestId: 'r',
          },
        ],
      },
    })
    await screen.findByText(/nobody knows how it was before/)
  })
})
