import assert from 'node:assert/strict'
import WebSocket from 'ws'
import type { Task, Item, Plan } from '#contracts/task.ts'
import type { LiveEvent } from '#contracts/live.ts'
import type { List } from '#contracts/list.ts'
import type { Resource } from '#contracts/resource.ts'
import { isFinal } from '#contracts/task.ts'
import { waitFor } from './wait-for.ts'

export type Answer<Body = any> = { status: number; headers: Headers; body: Body }

/** The API as a program uses it: JSON in, JSON out, one user's token. */
export const createClient = (base: string, token?: string) => {
  const call = async <Body = any>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> => {
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as Body }
  }

  /** The body of an answer that must be a success. */
  const ok = async <Body = any>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Body> => {
    const answer = await call<Body>(method, path, body, headers)
    assert.ok(answer.status < 300, `${method} ${path} gave ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  const task = (id: string): Promise<Task> => ok('GET', `/tasks/${id}`)

  return {
    call,
    ok,
    task,
    resources: (q: string, limit = 50): Promise<List<Resource>> =>
      ok('GET', `/resources?q=${encodeURIComponent(q)}&limit=${limit}`),
    resource: (id: string): Promise<Resource> => ok('GET', `/resources/${encodeURIComponent(id)}`),
    plan: (request: unknown): Promise<Plan> => ok('POST', '/plans', request),
    file: (request: unknown, key?: string): Promise<{ id: string; status: string; planHash: string }> =>
      ok('POST', '/tasks', request, key === undefined ? {} : { 'idempotency-key': key }),
    items: (id: string): Promise<List<Item>> => ok('GET', `/tasks/${id}/items?limit=500`),
    ended: (id: string, seconds?: number): Promise<Task> =>
      waitFor(
        `task ${id} to end`,
        async () => {
          const current = await task(id)
          return isFinal(current.status) && current
        },
        seconds,
      ),
    /** Opens the live feed; `events` grows as they come. */
    live: async (topics: string[], since?: string) => {
      const { ticket } = await ok<{ ticket: string }>('POST', '/auth/socket-ticket')
      const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/live?ticket=${encodeURIComponent(ticket)}`)
      const events: LiveEvent[] = []
      // Our own server, held by its tests to this shape.
      socket.on('message', (data) => events.push(JSON.parse((data as Buffer).toString('utf8')) as LiveEvent))
      await new Promise((resolve, reject) => {
        socket.once('open', resolve)
        socket.on('error', reject)
      })
      socket.send(JSON.stringify({ subscribe: topics, ...(since === undefined ? {} : { since }) }))
      await waitFor('the first message of the live feed', () => events.length > 0)
      return { events, close: () => socket.close(), isClosed: () => socket.readyState === socket.CLOSED }
    },
  }
}
export type Client = ReturnType<typeof createClient>

export const signIn = async (base: string, email: string, password: string): Promise<Client> => {
  const { accessToken } = await createClient(base).ok<{ accessToken: string }>('POST', '/auth/login', {
    email,
    password,
  })
  return createClient(base, accessToken)
}
