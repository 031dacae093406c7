import type { SignedIn } from '#contracts/auth.ts'
import type { User } from '#contracts/user.ts'

/** What the session keeps of a sign-in or a renewal. */
export type Credentials = Pick<SignedIn, 'accessToken' | 'expiresInSeconds' | 'user'>

/** `unknown` until the first renewal told whether the browser still holds a session. */
export type SessionState = { status: 'unknown' } | { status: 'signed-out' } | { status: 'signed-in'; user: User }

export type Session = {
  /** A token that is good for a while yet, renewed first where needed; null when signed out. */
  token: () => Promise<string | null>
  /** Renews after `rejected` was refused. Whoever asks meanwhile shares the one request; null when the session ended. */
  renew: (rejected?: string) => Promise<string | null>
  begin: (credentials: Credentials) => void
  end: () => void
}

/** A token this close to its end is renewed before it is used. */
const renewBeforeSeconds = 20

/**
 * Holds the access token, in memory only: never in the store, in storage or in a cookie that scripts can read. What
 * outlives a reload is the HttpOnly refresh cookie, which rotates with each renewal: a second use of the same cookie
 * counts as theft and ends the session, so renewals must never overlap - not in this tab (`pending`) and not between
 * tabs (`exclusively`, a lock of the browser).
 */
export const createSession = (deps: {
  /** Asks for new credentials by the refresh cookie; null when the server refuses, throws when it can't be reached. */
  refresh: () => Promise<Credentials | null>
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  now: () => number
  onChange: (state: SessionState) => void
}): Session => {
  let held: { token: string; expiresAt: number } | null = null
  let pending: Promise<string | null> | null = null

  const begin = ({ accessToken, expiresInSeconds, user }: Credentials): void => {
    held = { token: accessToken, expiresAt: deps.now() + expiresInSeconds * 1000 }
    deps.onChange({ status: 'signed-in', user })
  }
  const end = (): void => {
    held = null
    deps.onChange({ status: 'signed-out' })
  }
  const renewNow = async (): Promise<string | null> => {
    try {
      const credentials = await deps.exclusively(deps.refresh)
      if (credentials === null) end()
      else begin(credentials)
      return credentials?.accessToken ?? null
    } catch {
      // Not reached: the session may be as good as before, so the token at hand (if any) decides.
      return held?.token ?? null
    }
  }
  const renew = (rejected?: string): Promise<string | null> => {
    // Someone else renewed while this caller's request was under way.
    if (rejected !== undefined && held !== null && held.token !== rejected) return Promise.resolve(held.token)
    pending ??= renewNow().finally(() => {
      pending = null
    })
    return pending
  }
  const token = async (): Promise<string | null> => {
    if (held === null) return pending
    return held.expiresAt - deps.now() < renewBeforeSeconds * 1000 ? renew() : held.token
  }
  return { token, renew, begin, end }
}
