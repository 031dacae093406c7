import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Freeze } from '#contracts/freeze.ts'
import { useMay } from '../auth/permissions.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useListFreezesQuery, useRemoveFreezeMutation } from './endpoints.ts'
import { FreezeModal } from './FreezeModal.tsx'
import { scopeWords, statusTypes, statusWords, weeklyWords } from './freeze-words.ts'
import './freezes.css'

/** The freeze calendar: when nothing new begins, what that concerns, and why. */
export const FreezesPage = () => {
  const mayManage = useMay('freeze.manage')
  const { data, isLoading, error, refetch } = useListFreezesQuery()
  const [edited, setEdited] = useState<{ freeze?: Freeze } | null>(null)
  const [removed, setRemoved] = useState<Freeze | null>(null)
  const actions: TableProps.ColumnDefinition<Freeze> = {
    id: 'actions',
    header: 'Actions',
    cell: (freeze) => (
      <SpaceBetween direction="horizontal" size="s">
        <Button variant="inline-link" ariaLabel={`Change ${freeze.name}`} onClick={() => setEdited({ freeze })}>
          Change
        </Button>
        <Button variant="inline-link" ariaLabel={`Delete ${freeze.name}`} onClick={() => setRemoved(freeze)}>
          Delete
        </Button>
      </SpaceBetween>
    ),
  }
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="While a freeze holds, nothing that it names is begun. What has begun goes on."
          {...(data !== undefined && { counter: `(${data.items.length})` })}
          actions={
            mayManage && (
              <Button variant="primary" onClick={() => setEdited({})}>
                New freeze
              </Button>
            )
          }
        >
          Freezes
        </Header>
      }
    >
      <Table
        items={data?.items ?? []}
        columnDefinitions={mayManage ? [...columns, actions] : columns}
        trackBy="id"
        wrapLines
        loading={isLoading}
        loadingText="Loading freezes"
        ariaLabels={{ tableLabel: 'Freezes' }}
        empty={
          <TableState
            error={error}
            onRetry={() => void refetch()}
            isFiltered={false}
            onClear={() => {}}
            what="freezes"
            firstStep="Make one for times in which nothing should change."
          />
        }
      />
      {edited !== null && <FreezeModal freeze={edited.freeze} onClose={() => setEdited(null)} />}
      {removed !== null && <RemoveModal freeze={removed} onClose={() => setRemoved(null)} />}
    </ContentLayout>
  )
}

const columns: TableProps.ColumnDefinition<Freeze>[] = [
  {
    id: 'name',
    header: 'Freeze',
    minWidth: 140,
    isRowHeader: true,
    cell: ({ name, reason }) => (
      <>
        {name}
        <Box fontSize="body-s" color="text-body-secondary">
          {reason}
        </Box>
      </>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    minWidth: 120,
    cell: ({ status }) => <StatusIndicator type={statusTypes[status]}>{statusWords[status]}</StatusIndicator>,
  },
  {
    id: 'when',
    header: 'When',
    minWidth: 180,
    cell: ({ weekly, from, to, window, status }) => (
      <>
        {weekly === null ? (
          <>
            <Time iso={from} form="absolute" /> to <Time iso={to} form="absolute" />
          </>
        ) : (
          weeklyWords(weekly)
        )}
        {window !== null && (
          <Box fontSize="body-s" color="text-body-secondary">
            {status === 'active' ? 'Over ' : 'Begins '}
            <Time iso={status === 'active' ? window.to : window.from} />
          </Box>
        )}
      </>
    ),
  },
  { id: 'scope', header: 'What it holds', minWidth: 160, cell: ({ scope }) => scopeWords(scope) },
  { id: 'createdBy', header: 'By', cell: ({ createdBy }) => createdBy.email },
]

const RemoveModal = ({ freeze, onClose }: { freeze: Freeze; onClose: () => void }) => {
  const [remove, { isLoading, error }] = useRemoveFreezeMutation()
  const confirm = async (): Promise<void> => {
    const result = await remove(freeze.id)
    if (result.error === undefined) onClose()
  }
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={`Delete “${freeze.name}”?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isLoading} onClick={() => void confirm()}>
              Delete
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>
          {freeze.status === 'active'
            ? 'It holds now: what waits for its end begins at once.'
            : 'Nothing waits for it now.'}
        </div>
        {error !== undefined && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  )
}
