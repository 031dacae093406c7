import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Freeze } from '#contracts/freeze.ts'
import { useMay } from '../auth/permissions.ts'
import { FormModal } from '../design/FormModal.tsx'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useListFreezesQuery, useRemoveFreezeMutation } from './endpoints.ts'
import { scopeWords, statusTypes, statusWords, weeklyWords } from './freeze-words.ts'
import { FreezeModal } from './FreezeModal.tsx'
import './freezes.css'

/** The freeze calendar: when nothing new begins, what that concerns, and why. */
export const FreezesPage = () => {
  const mayManage = useMay('freeze.manage')
  const answer = useListFreezesQuery()
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
    <>
      <ListTable
        title="Freezes"
        what="freezes"
        description="While a freeze holds, nothing that it names is begun. What has begun goes on."
        answer={answer}
        columns={mayManage ? [...columns, actions] : columns}
        rowId="id"
        actions={
          mayManage && (
            <Button variant="primary" onClick={() => setEdited({})}>
              New freeze
            </Button>
          )
        }
        firstStep="Make one for times in which nothing should change."
      />
      {edited !== null && <FreezeModal freeze={edited.freeze} onClose={() => setEdited(null)} />}
      {removed !== null && <RemoveModal freeze={removed} onClose={() => setRemoved(null)} />}
    </>
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
        <Second>{reason}</Second>
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
          <Second>
            {status === 'active' ? 'Over ' : 'Begins '}
            <Time iso={status === 'active' ? window.to : window.from} />
          </Second>
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
    <FormModal
      header={`Delete “${freeze.name}”?`}
      confirm="Delete"
      isBusy={isLoading}
      isReady
      error={error}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {freeze.status === 'active'
        ? 'It holds now: what waits for its end begins at once.'
        : 'Nothing waits for it now.'}
    </FormModal>
  )
}
