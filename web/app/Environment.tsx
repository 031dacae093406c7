import { useListAccountsQuery } from '../resources/account-endpoints.ts'

/** Says on every page which cloud this is: a simulated one must never be taken for a real one, nor the other way round. */
export const Environment = () => {
  const { data } = useListAccountsQuery()
  const clouds = new Set(data?.items.map(({ cloud }) => cloud))
  if (!clouds.has('sandbox')) return null
  return (
    <div className="environment" role="note" aria-label="Environment">
      <strong>Sandbox: simulated AWS</strong>
      <span>
        {clouds.has('aws')
          ? 'Some of the accounts are simulated; others are real.'
          : 'Nothing here touches a real account.'}
      </span>
    </div>
  )
}
