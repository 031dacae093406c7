import { createContext, use } from 'react'
import type { BrowserSession } from './browser-session.ts'

export const SessionContext = createContext<BrowserSession | null>(null)

export const useSession = (): BrowserSession => {
  const session = use(SessionContext)
  if (session === null) throw new Error('There is no session around this component.')
  return session
}
