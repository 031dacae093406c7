import { queryString } from '../api/base-query.ts'
import type { ApiExtra, ApiRequest } from '../api/base-query.ts'
import { problemOf, signedOut, unreachable } from '../api/problem.ts'
import type { ApiError } from '../api/problem.ts'

/** Fetches a file of the API as the signed-in user and hands it to the browser to keep. Returns what went wrong, if anything. */
export const download =
  (url: string, query: ApiRequest['query'], filename: string) =>
  async (_dispatch: unknown, _getState: unknown, { session, fetch }: ApiExtra): Promise<ApiError | null> => {
    const ask = (token: string) =>
      fetch(`/api/v1${url}${queryString(query)}`, { headers: { authorization: `Bearer ${token}` } })
    try {
      const token = await session.token()
      if (token === null) return signedOut
      let response = await ask(token)
      if (response.status === 401) {
        const renewed = await session.renew(token)
        if (renewed === null) return signedOut
        response = await ask(renewed)
      }
      if (!response.ok) return problemOf(response.status, await response.json().catch(() => null), response.headers)
      const address = URL.createObjectURL(await response.blob())
      const link = document.createElement('a')
      link.href = address
      link.download = filename
      link.click()
      URL.revokeObjectURL(address)
      return null
    } catch {
      return unreachable
    }
  }
