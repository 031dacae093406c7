import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ApiToken } from '#contracts/auth.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { Copy } from '../design/Copy.tsx'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { CreateTokenModal } from './CreateTokenModal.tsx'
import { useListTokensQuery, useRevokeTokenMutation } from './endpoints.ts'

/** One's own API tokens: for scripts and the command line, narrowed and with an end. */
export const TokensPage = () => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const answer = useListTokensQuery()
  const [revokeToken] = useRevokeTokenMutation()
  const [isCreating, setCreating] = useState(false)
  // Here only, and only until the page is left: the server keeps a hash of it.
  const [secret, setSecret] = useState<{ name: string; token: string } | null>(null)
  const revoke = async ({ id, name }: ApiToken): Promise<void> => {
    const result = await revokeToken(id)
    if (!complain(result.error)) dispatch(said('success', `The token “${name}” no longer works`))
  }
  const columns: TableProps.ColumnDefinition<ApiToken>[] = [
    { id: 'name', header: 'Name', cell: ({ name }) => name, isRowHeader: true },
    {
      id: 'scopes',
      header: 'May do',
      cell: ({ scopes }) => (scopes === null ? 'All that you may' : scopes.join(', ')),
      maxWidth: 420,
    },
    { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <Time iso={createdAt} /> },
    {
      id: 'lastUsedAt',
      header: 'Last used',
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <Time iso={lastUsedAt} />),
    },
    {
      id: 'expiresAt',
      header: 'Ends',
      cell: ({ expiresAt }) =>
        Date.parse(expiresAt) < Date.now() ? (
          <StatusIndicator type="stopped">Expired</StatusIndicator>
        ) : (
          <Time iso={expiresAt} />
        ),
    },
    {
      id: 'revoke',
      header: 'Revoke',
      cell: (token) => (
        <Button variant="inline-link" ariaLabel={`Revoke ${token.name}`} onClick={() => void revoke(token)}>
          Revoke
        </Button>
      ),
    },
  ]
  return (
    <>
      <ListTable
        title="API tokens"
        what="API tokens"
        answer={answer}
        columns={columns}
        rowId="id"
        actions={
          <Button variant="primary" onClick={() => setCreating(true)}>
            Create API token
          </Button>
        }
        {...(secret !== null && {
          notice: (
            <Alert
              type="success"
              dismissible
              onDismiss={() => setSecret(null)}
              dismissAriaLabel="Hide the token"
              header={`The token “${secret.name}”, shown this once`}
            >
              <SpaceBetween size="xs">
                <Copy text={secret.token} what="token" />
                <div>Keep it where secrets are kept. For the command line, set it as ORCHESTRATOR_TOKEN.</div>
              </SpaceBetween>
            </Alert>
          ),
        })}
        firstStep="Create one for a script or the command line."
      />
      {isCreating && <CreateTokenModal onCreated={setSecret} onClose={() => setCreating(false)} />}
    </>
  )
}
