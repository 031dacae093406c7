import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Channel } from '#contracts/alert.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useMay } from '../auth/permissions.ts'
import { Copy } from '../design/Copy.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { ChannelModal } from './ChannelModal.tsx'
import { taskEventWords } from './task-event-words.ts'
import {
  useChangeChannelMutation,
  useListChannelsQuery,
  useRemoveChannelMutation,
  useTestChannelMutation,
} from './endpoints.ts'

/** The webhooks that alerts and news of tasks are sent to. */
export const ChannelsTable = () => {
  const mayManage = useMay('channel.manage')
  const { data, isLoading, error, refetch } = useListChannelsQuery()
  const [edited, setEdited] = useState<Channel | 'new' | null>(null)
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null)
  return (
    <>
      <Table
        items={data?.items ?? []}
        columnDefinitions={
          mayManage
            ? [
                ...columns,
                {
                  id: 'actions',
                  header: 'Actions',
                  cell: (channel: Channel) => <ChannelActions channel={channel} onEdit={setEdited} />,
                },
              ]
            : columns
        }
        trackBy="id"
        wrapLines
        loading={isLoading}
        loadingText="Loading channels"
        ariaLabels={{ tableLabel: 'Notification channels' }}
        header={
          <SpaceBetween size="s">
            <Header
              variant="h2"
              {...(data !== undefined && { counter: `(${data.items.length})` })}
              actions={mayManage && <Button onClick={() => setEdited('new')}>Add a webhook</Button>}
            >
              Notification channels
            </Header>
            {secret !== null && (
              <Alert
                type="success"
                dismissible
                onDismiss={() => setSecret(null)}
                dismissAriaLabel="Hide the secret"
                header={`The signing secret of “${secret.name}”, shown this once`}
              >
                <Copy text={secret.secret} what="signing secret" />
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
            what="channels"
            firstStep="Add a webhook to hear of alerts and tasks elsewhere."
          />
        }
      />
      {edited !== null && (
        <ChannelModal
          channel={edited === 'new' ? null : edited}
          onCreated={setSecret}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  )
}

const deliveryTypes = { pending: 'pending', delivered: 'success', failed: 'error' } as const

const columns: TableProps.ColumnDefinition<Channel>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ id, name }) => <Link href={`/channels/${id}`}>{name}</Link>,
    isRowHeader: true,
  },
  { id: 'url', header: 'Address', cell: ({ url }) => url },
  {
    id: 'hears',
    header: 'Hears of',
    cell: ({ alerts, minimumSeverity, taskEvents }) =>
      [
        ...(alerts ? [`alerts from ${minimumSeverity}`] : []),
        ...(taskEvents.length > 0 ? [`tasks: ${taskEvents.map((event) => taskEventWords[event]).join(', ')}`] : []),
      ].join('; ') || 'nothing',
  },
  {
    id: 'isEnabled',
    header: 'State',
    minWidth: 90,
    cell: ({ isEnabled, disabledReason }) => (
      <>
        <StatusIndicator type={isEnabled ? 'success' : 'stopped'}>{isEnabled ? 'On' : 'Off'}</StatusIndicator>
        {disabledReason !== null && <Box fontSize="body-s">{disabledReason}</Box>}
      </>
    ),
  },
  {
    id: 'lastDelivery',
    header: 'Last delivery',
    cell: ({ lastDelivery }) =>
      lastDelivery === null ? (
        'none'
      ) : (
        <>
          <StatusIndicator type={deliveryTypes[lastDelivery.status]}>{lastDelivery.status}</StatusIndicator>{' '}
          <Time iso={lastDelivery.at} />
          {lastDelivery.error !== null && <Box fontSize="body-s">{lastDelivery.error}</Box>}
        </>
      ),
  },
]

const ChannelActions = ({ channel, onEdit }: { channel: Channel; onEdit: (channel: Channel) => void }) => {
  const dispatch = useAppDispatch()
  const [test, { isLoading }] = useTestChannelMutation()
  const [change] = useChangeChannelMutation()
  const [remove] = useRemoveChannelMutation()
  const complain = (error: unknown): void =>
    void dispatch(said('error', apiErrorOf(error).title, apiErrorOf(error).detail))
  const tryIt = async (): Promise<void> => {
    const { data, error } = await test(channel.id)
    if (error !== undefined) return complain(error)
    if (data.delivered) dispatch(said('success', `“${channel.name}” answered in ${data.milliseconds} ms`))
    else dispatch(said('error', `“${channel.name}” did not take it`, data.error))
  }
  const toggle = async (): Promise<void> => {
    const { error } = await change({ id: channel.id, changes: { isEnabled: !channel.isEnabled } })
    if (error !== undefined) complain(error)
  }
  const drop = async (): Promise<void> => {
    const { error } = await remove(channel.id)
    if (error !== undefined) complain(error)
  }
  return (
    <SpaceBetween direction="horizontal" size="s">
      <Button variant="inline-link" loading={isLoading} ariaLabel={`Test ${channel.name}`} onClick={() => void tryIt()}>
        Test
      </Button>
      <Button variant="inline-link" ariaLabel={`Change ${channel.name}`} onClick={() => onEdit(channel)}>
        Change
      </Button>
      <Button
        variant="inline-link"
        ariaLabel={`Turn ${channel.name} ${channel.isEnabled ? 'off' : 'on'}`}
        onClick={() => void toggle()}
      >
        {channel.isEnabled ? 'Turn off' : 'Turn on'}
      </Button>
      <Button variant="inline-link" ariaLabel={`Remove ${channel.name}`} onClick={() => void drop()}>
        Remove
      </Button>
    </SpaceBetween>
  )
}
