import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ApiToken } from '#contracts/auth.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { Copy } from '../design/Copy.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { totalWords } from '../design/words.ts'
import { CreateTokenModal } from './CreateTokenModal.tsx'
import { useListTokensQuery, useRevokeTokenMutation } from './endpoints.ts'

/** One's own API tokens: for scripts and the command line, narrowed and with an end. */
export const TokensPage = () => {
  const dispatch = useAppDispatch()
  const { data, isLoading, error, refetch } = useListTokensQuery()
  const [revokeToken] = useRevokeTokenMutation()
  const [isCreating, setCreating] = useState(false)
  // Here only, and only until the page is left: the server keeps a hash of it.
  const [secret, setSecret] = useState<{ name: string; token: string } | null>(null)
  const revoke = async ({ id, name }: ApiToken): Promise<void> => {
    const result = await revokeToken(id)
    if (result.error !== undefined)
      dispatch(said('error', apiErrorOf(result.error).title, apiErrorOf(result.error).detail))
    else dispatch(said('success', `The token “${name}” no longer works`))
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
      <Table
        variant="full-page"
        items={data?.items ?? []}
        columnDefinitions={columns}
        trackBy="id"
        wrapLines
        loading={isLoading}
        loadingText="Loading API tokens"
        ariaLabels={{ tableLabel: 'API tokens' }}
        header={
          <SpaceBetween size="s">
            <Header
              variant="awsui-h1-sticky"
              {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
              actions={
                <Button variant="primary" onClick={() => setCreating(true)}>
                  Create API token
                </Button>
              }
            >
              API tokens
            </Header>
            {secret !== null && (
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
            )}
          </SpaceBetween>
        }
        empty={
          <TableState
            error={error}
            onRetry={() => void refetch()}
            isFiltered={false}
            onClear={() => {}}
            what="API tokens"
            firstStep="Create one for a script or the command line."
          />
        }
      />
      {isCreating && <CreateTokenModal onCreated={setSecret} onClose={() => setCreating(false)} />}
    </>
  )
}
