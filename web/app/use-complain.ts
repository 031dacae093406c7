import { apiErrorOf } from '../api/problem.ts'
import { said } from './notices.ts'
import { useAppDispatch } from './store.ts'

/** Says in a notice what a request failed of; of one that went well nothing. Returns whether it failed. */
export const useComplain = (): ((error: unknown) => boolean) => {
  const dispatch = useAppDispatch()
  return (error) => {
    if (error === undefined) return false
    const { title, detail } = apiErrorOf(error)
    dispatch(said('error', title, detail))
    return true
  }
}
