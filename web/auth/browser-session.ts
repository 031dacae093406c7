import { createSession } from './session.ts'
import type { Credentials, Session, SessionState } from './session.ts'

/** Says that this browser has signed in, so that a first visit doesn't ask for a renewal that must fail. No secret. */
const hintKey = 'orchestrator.signed-in'
const channelName = 'orchestrator.session'
const lockName = 'orchestrator.session-renewal'

export type BrowserSession = Session & {
  /** Finds out at start whether the browser still holds a session. */
  resume: () => Promise<void>
  /** Signs out here, on the server and in every other tab. */
  signOut: () => Promise<void>
  /** Call after a sign-in: other tabs that wait at the sign-in page go on. */
  announce: () => void
}

/** The session on what the browser offers: the refresh cookie, a lock between tabs, and a channel to them. */
export const createBrowserSession = (onChange: (state: SessionState) => void): BrowserSession => {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(channelName)
  const session = createSession({
    refresh,
    exclusively: (work) => ('locks' in navigator ? navigator.locks.request(lockName, work) : work()),
    now: () => Date.now(),
    onChange: (state) => {
      if (state.status === 'signed-in') localStorage.setItem(hintKey, 'yes')
      if (state.status === 'signed-out') localStorage.removeItem(hintKey)
      onChange(state)
    },
  })
  channel?.addEventListener('message', ({ data }) => {
    if (data === 'signed-out') session.end()
    if (data === 'signed-in') void session.renew()
  })
  return {
    ...session,
    resume: async () => {
      if (localStorage.getItem(hintKey) === null) return session.end()
      if ((await session.renew()) === null) session.end()
    },
    signOut: async () => {
      const token = await session.token()
      const headers = token === null ? {} : { authorization: `Bearer ${token}` }
      // Ended here in any case; a server that can't be reached lets the session run out by itself.
      await fetch('/api/v1/auth/logout', { method: 'POST', headers }).catch(() => undefined)
      session.end()
      channel?.postMessage('signed-out')
    },
    announce: () => channel?.postMessage('signed-in'),
  }
}

const refresh = async (): Promise<Credentials | null> => {
  const response = await fetch('/api/v1/auth/refresh', { method: 'POST' })
  if (response.status === 401 || response.status === 403) return null
  if (!response.ok) throw new Error(`The renewal of the session failed with status ${response.status}.`)
  return (await response.json()) as Credentials
}
