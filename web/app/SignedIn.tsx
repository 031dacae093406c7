import type { ReactNode } from 'react'
import { SignInPage } from '../auth/SignInPage.tsx'
import { PageLoading } from './PageLoading.tsx'
import { useAppSelector } from './store.ts'

/** Shows the sign-in in place of the page, so that the address (filters, page, tab) is kept for afterwards. */
export const SignedIn = ({ children }: { children: ReactNode }) => {
  const status = useAppSelector((state) => state.session.status)
  if (status === 'unknown') return <PageLoading />
  return status === 'signed-in' ? children : <SignInPage />
}
