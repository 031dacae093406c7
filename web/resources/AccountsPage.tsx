import { useState } from 'react'
import Badge from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { AccountView, SyncState } from '#contracts/account.ts'
import { useMay } from '../auth/permissions.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { Copy } from '../design/Copy.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { duration } from '../design/times.ts'
import { count } from '../design/words.ts'
import { useListAccountsQuery } from './account-endpoints.ts'
import { AccountSyncButton } from './AccountSyncButton.tsx'
import { AddAccountModal } from './AddAccountModal.tsx'
import { DiscoverAccountsModal } from './DiscoverAccountsModal.tsx'
import { SyncTrouble } from './SyncTrouble.tsx'
import { AccountTestButton } from './AccountTestButton.tsx'

/** The accounts that the console works on, and how fresh what is known of each is. */
export const AccountsPage = () => {
  const { data, error, refetch } = useListAccountsQuery(undefined, {
    pollingInterval: 15_000,
    skipPollingIfUnfocused: true,
  })
  const mayManage = useMay('account.manage')
  const [open, setOpen] = useState<'add' | 'discover'>()
  const close = (): void => setOpen(undefined)
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          {...(data !== undefined && { counter: `(${data.items.length})` })}
          description="Where resources are read and tasks act."
          actions={
            mayManage && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setOpen('discover')}>Find accounts</Button>
                <Button variant="primary" onClick={() => setOpen('add')}>
                  Add an account
                </Button>
              </SpaceBetween>
            )
          }
        >
          Accounts
        </Header>
      }
    >
      {open === 'add' && <AddAccountModal onClose={close} />}
      {open === 'discover' && <DiscoverAccountsModal onClose={close} />}
      {data === undefined ? (
        error === undefined ? (
          <PageLoading />
        ) : (
          <ProblemAlert error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <SpaceBetween size="l">
          {data.items.map((account) => (
            <AccountCard key={account.id} account={account} />
          ))}
        </SpaceBetween>
      )}
    </ContentLayout>
  )
}

const credentialsWords = ({ credentials }: AccountView): string => {
  switch (credentials.kind) {
    case 'sandbox':
      return 'None needed: simulated'
    case 'profile':
      return `Profile ${credentials.profile}`
    case 'ambient':
      return 'Of the server’s environment'
    case 'role':
      return `Role ${credentials.roleArn}${credentials.hasExternalId ? ', with an external id' : ''}`
  }
}

const costsWords = ({ costs, costExplorer }: AccountView): string => {
  if (costs === 'prices') return 'List prices'
  if (costExplorer === null) return 'Cost Explorer: not asked yet'
  const { through, resources, error } = costExplorer
  const known = through === null ? '' : `, ${resources} resources to ${through}`
  return `Cost Explorer${known}${error === null ? '' : `. ${error}`}`
}

const AccountCard = ({ account }: { account: AccountView }) => {
  const failing = account.sync.filter(({ error }) => error !== null).length
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <AccountSyncButton id={account.id} name={account.name} />
              <AccountTestButton id={account.id} />
            </SpaceBetween>
          }
          description={<Link href={`/resources?q=account:${account.id}`}>Show its resources</Link>}
        >
          {account.name}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={4}
          minColumnWidth={180}
          items={[
            { label: 'Account id', value: <Copy text={account.id} what="account id" /> },
            {
              label: 'Cloud',
              value: (
                <SpaceBetween direction="horizontal" size="xxs">
                  <Badge color={account.cloud === 'sandbox' ? 'severity-low' : 'blue'}>
                    {account.cloud === 'sandbox' ? 'Sandbox: simulated' : 'AWS'}
                  </Badge>
                  {account.isProduction && <Badge color="red">Production</Badge>}
                </SpaceBetween>
              ),
            },
            { label: 'Regions', value: account.regions.join(', ') },
            { label: 'Credentials', value: credentialsWords(account) },
            { label: 'Costs', value: costsWords(account) },
          ]}
        />
        <ExpandableSection
          headerText={`Sync (${account.sync.length}${failing > 0 ? `, ${failing} failing` : ''})`}
          defaultExpanded={failing > 0 || account.sync.length <= 4}
        >
          <Table
            variant="embedded"
            items={account.sync}
            columnDefinitions={syncColumns}
            ariaLabels={{ tableLabel: `Sync of ${account.name}` }}
            empty="Not read yet."
            wrapLines
          />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  )
}

const syncLooks = {
  never: { type: 'pending', word: 'Never read' },
  syncing: { type: 'in-progress', word: 'Reading' },
  fresh: { type: 'success', word: 'Fresh' },
  stale: { type: 'warning', word: 'Stale' },
  failing: { type: 'error', word: 'Failing' },
} as const

const syncColumns = [
  { id: 'region', header: 'Region', cell: ({ region }: SyncState) => region, isRowHeader: true },
  { id: 'service', header: 'Service', cell: ({ service }: SyncState) => service },
  {
    id: 'status',
    header: 'State',
    cell: ({ status, types }: SyncState) => (
      <>
        <StatusIndicator type={syncLooks[status].type}>{syncLooks[status].word}</StatusIndicator>
        <SyncTrouble types={types} />
      </>
    ),
  },
  {
    id: 'resources',
    header: 'Resources',
    cell: ({ resources }: SyncState) => (resources === null ? '–' : count(resources)),
  },
  { id: 'sweptAt', header: 'Read', cell: ({ sweptAt }: SyncState) => <Time iso={sweptAt} /> },
  { id: 'seconds', header: 'Took', cell: ({ seconds }: SyncState) => (seconds === null ? '–' : duration(seconds)) },
  { id: 'nextAt', header: 'Next', cell: ({ nextAt }: SyncState) => <Time iso={nextAt} /> },
]
