import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Fault } from '#contracts/sandbox.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { ListTable } from '../design/ListTable.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Second } from '../design/Second.tsx'
import { count } from '../design/words.ts'
import { useClearFaultsMutation, useGetSandboxQuery, useListFaultsQuery, useRemoveFaultMutation } from './endpoints.ts'
import { FaultModal } from './FaultModal.tsx'
import { IncidentsTable } from './IncidentsTable.tsx'
import { faultWords, scopeOf } from './sandbox-words.ts'

/** The simulated AWS: which one it is, what goes wrong in it by itself, and what can be made to. */
export const SandboxPage = () => {
  const { data, error, refetch } = useGetSandboxQuery(undefined, {
    pollingInterval: 60_000,
    skipPollingIfUnfocused: true,
  })
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <PageLoading />
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="A simulated AWS behind the real SDK. Nothing here touches a real account.">
          Sandbox
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Seed', value: data.seed },
              { label: 'Size', value: `${count(data.size)} resources` },
              {
                label: 'Speed',
                value: data.speed === 1 ? 'that of the wall clock' : `${count(data.speed)} times the wall clock`,
              },
            ]}
          />
        </Container>
        <FaultsTable />
        <IncidentsTable incidents={data.incidents} />
      </SpaceBetween>
    </ContentLayout>
  )
}

const FaultsTable = () => {
  const answer = useListFaultsQuery(undefined, {
    pollingInterval: 5_000,
    skipPollingIfUnfocused: true,
  })
  const [isAdding, setIsAdding] = useState(false)
  const [remove, removal] = useRemoveFaultMutation()
  const [clear, clearing] = useClearFaultsMutation()
  const columns: TableProps.ColumnDefinition<Fault>[] = [
    {
      id: 'kind',
      header: 'Fault',
      isRowHeader: true,
      minWidth: 200,
      cell: ({ kind }) => (
        <>
          {faultWords[kind].label}
          <Second>{faultWords[kind].what}</Second>
        </>
      ),
    },
    { id: 'scope', header: 'What it hits', cell: scopeOf },
    { id: 'share', header: 'Share', cell: ({ probability }) => `${Math.round(probability * 1000) / 10} %` },
    {
      id: 'milliseconds',
      header: 'Milliseconds',
      cell: ({ milliseconds }) => (milliseconds === undefined ? '–' : count(milliseconds)),
    },
    { id: 'hits', header: 'Calls hit', cell: ({ hits }) => count(hits) },
    { id: 'times', header: 'Left', cell: ({ times }) => (times === undefined ? 'until removed' : count(times)) },
    {
      id: 'actions',
      header: 'Actions',
      cell: ({ id, kind }) => (
        <Button
          variant="inline-link"
          ariaLabel={`End ${faultWords[kind].label}`}
          onClick={() => void remove(id)}
          disabled={removal.isLoading}
        >
          End
        </Button>
      ),
    },
  ]
  return (
    <SpaceBetween size="m">
      {(removal.error ?? clearing.error) !== undefined && <ProblemAlert error={removal.error ?? clearing.error} />}
      <ListTable
        title="Faults"
        what="faults"
        variant="section"
        description="They live in memory: a restart of the sandbox ends them."
        answer={answer}
        columns={columns}
        rowId="id"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              disabled={(answer.data?.items.length ?? 0) === 0}
              loading={clearing.isLoading}
              onClick={() => void clear()}
            >
              End all
            </Button>
            <Button variant="primary" onClick={() => setIsAdding(true)}>
              Add a fault
            </Button>
          </SpaceBetween>
        }
        firstStep="Add one to see what happens when AWS fails."
      />
      {isAdding && <FaultModal onClose={() => setIsAdding(false)} />}
    </SpaceBetween>
  )
}
