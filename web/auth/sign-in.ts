import { problemOf, unreachable } from '../api/problem.ts'
import type { ApiError } from '../api/problem.ts'
import type { Credentials } from './session.ts'

/** Exchanges email and password for credentials. Not an endpoint of the store: nothing of it may stay in the cache. */
export const signIn = async (given: {
  email: string
  password: string
}): Promise<{ credentials: Credentials } | { error: ApiError }> => {
  try {
    const response = await fetch('/api/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(given),
    })
    const body: unknown = await response.json().catch(() => null)
    if (!response.ok) return { error: problemOf(response.status, body, response.headers) }
    return { credentials: body as Credentials }
  } catch {
    return { error: unreachable }
  }
}
