import Button from '@cloudscape-design/components/button'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { useTestAccountMutation } from './account-endpoints.ts'

/** Asks AWS whose credentials the account has, and says the answer. */
export const AccountTestButton = ({ id }: { id: string }) => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const mayManage = useMay('account.manage')
  const [test, { isLoading }] = useTestAccountMutation()
  if (!mayManage) return null
  const run = async (): Promise<void> => {
    const { data, error } = await test(id)
    if (complain(error) || data === undefined) return
    if (data.ok) dispatch(said('success', `Account ${id} answers`, data.identity?.arn ?? null))
    else dispatch(said('error', `Account ${id} does not answer`, data.problem))
  }
  return (
    <Button loading={isLoading} onClick={() => void run()}>
      Test the connection
    </Button>
  )
}
