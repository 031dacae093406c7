import type { BaseQueryFn } from '@reduxjs/toolkit/query'
import type { Session } from '../auth/session.ts'
import { problemOf, signedOut, unreachable } from './problem.ts'
import type { ApiError } from './problem.ts'

export type ApiRequest = {
  url: string
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  body?: unknown
  /** Undefined, null and empty values are left out. */
  query?: Record<string, string | number | boolean | null | undefined>
  headers?: Record<string, string>
}

/** What thunks and base queries get as `extra`: the session lives outside the store, so that no token is ever in it. */
export type ApiExtra = { session: Session; fetch: typeof fetch }

export type ApiBaseQuery = BaseQueryFn<ApiRequest, unknown, ApiError, object, { cache: string | null }>

/**
 * Sends a request with the session's access token. An expired token is renewed once (all requests that run into it
 * share that one renewal) and the request repeated; when that fails the session has ended.
 */
export const baseQuery: ApiBaseQuery = async (request, { signal, extra }) => {
  // The store is made with exactly this extra argument (app/store.ts).
  const { session, fetch } = extra as ApiExtra
  const token = await session.token()
  if (token === null) return { error: signedOut }
  const first = await send(fetch, request, token, signal)
  if (first.error?.status !== 401) return first
  const renewed = await session.renew(token)
  if (renewed === null) return { error: signedOut }
  return send(fetch, request, renewed, signal)
}

type Sent = { data: unknown; error?: never; meta: { cache: string | null } } | { error: ApiError; data?: never }

const send = async (
  fetch: ApiExtra['fetch'],
  request: ApiRequest,
  token: string,
  signal: AbortSignal,
): Promise<Sent> => {
  const headers: Record<string, string> = {
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    ...request.headers,
  }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  try {
    const response = await fetch(`/api/v1${request.url}${queryString(request.query)}`, {
      method: request.method ?? 'GET',
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal,
    })
    const text = await response.text()
    const body = parsed(text)
    if (!response.ok) return { error: problemOf(response.status, body, response.headers) }
    return { data: body, meta: { cache: response.headers.get('x-cache') } }
  } catch {
    return { error: unreachable }
  }
}

const parsed = (text: string): unknown => {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const queryString = (query: ApiRequest['query'] = {}): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
