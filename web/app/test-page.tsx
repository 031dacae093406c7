import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { Provider } from 'react-redux'
import { createMemoryRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import type { Credentials } from '../auth/session.ts'
import { createStore } from './store.ts'
import type { Store } from './store.ts'

/** What the server answers, by method and path ("GET /api/v1/tasks"), as [status, body]. Unknown ones are 404. */
export type Answers = Record<string, (request: Request) => [number, unknown]>

const at = '2026-01-01T00:00:00.000Z'
export const operator: Credentials['user'] = {
  id: 'u1',
  email: 'ada@example.org',
  roles: ['operator'],
  status: 'active',
  createdAt: at,
  updatedAt: at,
  lastSignInAt: at,
}

/** Draws a page as a signed-in user sees it, on a server that is the given answers. For tests. */
export const renderPage = (
  page: ReactNode,
  { path = '/', route = '/', answers = {} }: { path?: string; route?: string; answers?: Answers } = {},
): { store: Store; requests: Request[] } => {
  const requests: Request[] = []
  const answer: typeof fetch = async (input, init) => {
    const request = new Request(new URL(String(input), 'http://console.test'), init)
    requests.push(request)
    const { pathname } = new URL(request.url)
    const [status, body] = answers[`${request.method} ${pathname}`]?.(request) ?? [404, null]
    return Response.json(body, { status })
  }
  const session = { token: async () => 'token', renew: async () => null, begin: () => {}, end: () => {} }
  const store = createStore({ session, fetch: answer }, { session: { status: 'signed-in', user: operator } })
  const router = createMemoryRouter(
    [
      { path: route, element: page },
      { path: '*', element: <p>Elsewhere</p> },
    ],
    { initialEntries: [path] },
  )
  render(
    <Provider store={store}>
      <RouterProvider router={router} />
    </Provider>,
  )
  return { store, requests }
}
