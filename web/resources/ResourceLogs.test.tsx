import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ResourceLogs as Logs } from '#contracts/inventory.ts'
import { renderPage } from '../app/test-page.tsx'
import { ResourceLogs } from './ResourceLogs.tsx'

const id = 'arn:aws:logs:us-east-1:111122223333:log-group:/app/web'
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`
const line = (message: string, second: number): Logs['items'][number] => ({
  id: message,
  at: at(second),
  stream: 'i-1',
  message,
  isCut: false,
})
const page = (items: Logs['items'], nextCursor: string | null = null): [number, Logs] => [
  200,
  {
    logGroup: '/app/web',
    from: at(0),
    to: at(59),
    items,
    nextCursor,
    freshness: { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] },
  },
]
const asked = (request: Request): URLSearchParams => new URL(request.url).searchParams

const open = (answer: (asked: URLSearchParams) => [number, unknown], path = '/') =>
  renderPage(<ResourceLogs id={id} everyMs={5} />, {
    path,
    answers: {
      [`GET /api/v1/resources/${encodeURIComponent(id)}/logs`]: (request) => answer(asked(request)),
    },
  })

describe('the logs of a resource', () => {
  it('are those of the last hour, and go on where there are more', async () => {
    const { requests } = open((query) =>
      query.get('cursor') === 'c1' ? page([line('second', 2)]) : page([line('first', 1)], 'c1'),
    )
    await screen.findByText('first')
    const [first] = requests.map(asked)
    expect(Date.parse(first?.get('to') ?? '') - Date.parse(first?.get('from') ?? '')).toBe(3_600_000)
    fireEvent.click(screen.getByRole('button', { name: 'Load more' }))
    await screen.findByText('second')
    screen.getByText('first')
    await screen.findByText('2 lines, all of this time.')
  })

  it('are searched on by themselves over parts of the time in which nothing was found', async () => {
    open((query) =>
      query.get('cursor') === 'c2' ? page([line('rare', 9)]) : page([], query.get('cursor') ? 'c2' : 'c1'),
    )
    await screen.findByText('rare')
  })

  it('wait for somebody after ten empty parts', async () => {
    const { requests } = open((query) => page([], `c${Number(query.get('cursor')?.slice(1) ?? 0) + 1}`))
    await screen.findByRole('button', { name: 'Search on' })
    expect(requests).toHaveLength(10)
  })

  it('are filtered by a pattern of CloudWatch, which Enter sends', async () => {
    open((query) => (query.get('filter') === 'ERROR' ? page([line('ERROR no disk', 3)]) : page([line('fine', 1)])))
    await screen.findByText('fine')
    const input = screen.getByRole('searchbox', { name: 'Filter pattern' })
    fireEvent.change(input, { target: { value: 'ERROR' } })
    fireEvent.keyDown(input, { key: 'Enter', keyCode: 13 })
    await screen.findByText('ERROR no disk')
    expect(screen.queryByText('fine')).toBeNull()
  })

  it('that nothing matches say so, and how to see all', async () => {
    open((query) => ((query.get('filter') ?? '') === '' ? page([line('there', 1)]) : page([])), '/?filter=nothing')
    await screen.findByText('No lines match')
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    await screen.findByText('there')
  })

  it('are followed: what comes is added, each line once', async () => {
    let looks = 0
    open(() => {
      looks += 1
      return page([line('old', 1), ...(looks > 2 ? [line('new', 2)] : [])])
    }, '/?follow=1')
    await screen.findByText('new')
    await screen.findByText('Following, 2 lines')
    await waitFor(() => expect(looks).toBeGreaterThan(4))
    expect(screen.getAllByText('old')).toHaveLength(1)
    expect(screen.getAllByText('new')).toHaveLength(1)
  })

  it('that can’t be read say why, and are tried again', async () => {
    let isDown = true
    open(() =>
      isDown
        ? [
            503,
            {
              type: 'about:blank',
              title: 'Not available right now',
              status: 503,
              detail: 'The logs could not be read: AccessDenied.',
              instance: '/',
              code: 'unavailable',
              requestId: 'r',
            },
          ]
        : page([line('back again', 1)]),
    )
    await screen.findByText('The logs could not be read: AccessDenied.')
    isDown = false
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await screen.findByText('back again')
  })
})
