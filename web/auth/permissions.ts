import type { Action } from '#contracts/role.ts'
import type { User } from '#contracts/user.ts'
import { useAppSelector } from '../app/store.ts'
import { useMeQuery } from './endpoints.ts'

/**
 * Whether the console offers something that needs this right. It only hides what would be refused: the server decides
 * every request anew, by its policies.
 */
export const useMay = (action: Action): boolean => useMeQuery().data?.actions.includes(action) ?? false

/** Who is signed in; null only in the moment between a sign-out and the sign-in page. */
export const useUser = (): User | null =>
  useAppSelector(({ session }) => (session.status === 'signed-in' ? session.user : null))
