import { createContext, use, useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { useStore } from 'react-redux'
import type { Store } from '../app/store.ts'
import { useAppSelector } from '../app/store.ts'
import { api } from '../api/api.ts'
import { signedOut } from '../api/problem.ts'
import { createLive } from './connection.ts'
import type { Live } from './connection.ts'
import { createFeed } from './feed.ts'
import { connectionChanged, cursorAdvanced, cursorReset } from './live-state.ts'

const ticketApi = api.injectEndpoints({
  endpoints: (build) => ({
    socketTicket: build.mutation<{ ticket: string }, void>({
      query: () => ({ url: '/auth/socket-ticket', method: 'POST', body: {} }),
    }),
  }),
})

const LiveContext = createContext<Live | null>(null)

/** Keeps one live connection while somebody is signed in, and feeds what it brings into the store. */
export const LiveProvider = ({ children }: { children: ReactNode }) => {
  // The provider above is made with exactly this store (main.tsx).
  const store = useStore() as Store
  const isSignedIn = useAppSelector((state) => state.session.status === 'signed-in')
  const [live] = useState(() => liveOn(store))
  useEffect(() => {
    if (!isSignedIn) return
    live.start()
    window.addEventListener('online', live.retryNow)
    return () => {
      window.removeEventListener('online', live.retryNow)
      live.stop()
    }
  }, [live, isSignedIn])
  return <LiveContext value={live}>{children}</LiveContext>
}

/** Follows a topic (`tasks`, `tasks/<id>`, `alerts`, `resources`, `schedules`) while the component is on screen. */
export const useLiveTopic = (topic: string | null): void => {
  const live = use(LiveContext)
  useEffect(() => (topic === null ? undefined : live?.subscribe(topic)), [live, topic])
}

const liveOn = (store: Store): Live => {
  const feed = createFeed(store)
  return createLive({
    ticket: async () => {
      const answer = await store.dispatch(ticketApi.endpoints.socketTicket.initiate())
      if (answer.data !== undefined) return answer.data.ticket
      if ('code' in answer.error && answer.error.code === signedOut.code) return null
      throw new Error('No ticket for the live connection.', { cause: answer.error })
    },
    open: (ticket) => {
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
      return new WebSocket(`${scheme}://${location.host}/api/v1/live?ticket=${encodeURIComponent(ticket)}`)
    },
    cursor: () => store.getState().live.cursor,
    onState: (state) => store.dispatch(connectionChanged(state)),
    onEvent: feed.take,
    onReady: (cursor) => {
      // What was read before the first subscription stood may have missed something.
      if (store.getState().live.cursor === null) feed.refetchAll()
      store.dispatch(cursorAdvanced(cursor))
    },
    onReset: (cursor) => {
      store.dispatch(cursorReset(cursor))
      feed.refetchAll()
    },
    random: Math.random,
    after: (seconds, work) => {
      const timer = setTimeout(work, seconds * 1000)
      return () => clearTimeout(timer)
    },
  })
}
