import { useListAccountsQuery } from './account-endpoints.ts'

/** The name that an account has here; its id where it has none (any more), and on hover. */
export const AccountName = ({ id }: { id: string }) => {
  const { data } = useListAccountsQuery(undefined, { refetchOnMountOrArgChange: false })
  return <span title={id}>{data?.items.find((account) => account.id === id)?.name ?? id}</span>
}
