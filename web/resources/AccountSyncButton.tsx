import Button from '@cloudscape-design/components/button'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { useSyncAccountMutation } from './account-endpoints.ts'

/** Reads everything of an account again, whatever its age. */
export const AccountSyncButton = ({ id, name }: { id: string; name: string }) => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const mayRefresh = useMay('resource.refresh')
  const [sync, { isLoading }] = useSyncAccountMutation()
  if (!mayRefresh) return null
  const run = async (): Promise<void> => {
    const { data, error } = await sync(id)
    if (complain(error) || data === undefined) return
    const { partial } = data.freshness
    const [first] = partial
    if (first === undefined) dispatch(said('success', `${name} was read again`, null))
    else
      dispatch(
        said(
          'warning',
          `${name} was read again, but for ${partial.length} parts`,
          `${first.service} in ${first.region}: ${first.why}`,
        ),
      )
  }
  return (
    <Button loading={isLoading} onClick={() => void run()}>
      Sync now
    </Button>
  )
}
