import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Channel } from '#contracts/alert.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { Copy } from '../design/Copy.tsx'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { ChannelModal } from './ChannelModal.tsx'
import {
  useChangeChannelMutation,
  useListChannelsQuery,
  useRemoveChannelMutation,
  useTestChannelMutation,
} from './endpoints.ts'
import { taskEventWords } from './task-event-words.ts'

/** The webhooks that alerts and news of tasks are sent to. */
export const ChannelsTable = () => {
  const mayManage = useMay('channel.manage')
  const answer = useListChannelsQuery()
  const [edited, setEdited] = useState<Channel | 'new' | null>(null)
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null)
  return (
    <>
      <ListTable
        title="Notification channels"
        what="channels"
        variant="section"
        answer={answer}
        columns={mayManage ? [...columns, actionsThat(setEdited)] : columns}
        rowId="id"
        actions={mayManage && <Button onClick={() => setEdited('new')}>Add a webhook</Button>}
        {...(secret !== null && {
          notice: (
            <Alert
              type="success"
              dismissible
              onDismiss={() => setSecret(null)}
              dismissAriaLabel="Hide the secret"
              header={`The signing secret of “${secret.name}”, shown this once`}
            >
              <Copy text={secret.secret} what="signing secret" />
            </Alert>
          ),
        })}
        firstStep="Add a webhook to hear of alerts and tasks elsewhere."
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

const actionsThat = (onEdit: (channel: Channel) => void): TableProps.ColumnDefinition<Channel> => ({
  id: 'actions',
  header: 'Actions',
  minWidth: 180,
  cell: (channel) => <ChannelActions channel={channel} onEdit={onEdit} />,
})

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
  const complain = useComplain()
  const tryIt = async (): Promise<void> => {
    const { data, error } = await test(channel.id)
    if (complain(error) || data === undefined) return
    if (data.delivered) dispatch(said('success', `“${channel.name}” answered in ${data.milliseconds} ms`))
    else dispatch(said('error', `“${channel.name}” did not take it`, data.error))
  }
  const toggle = async (): Promise<void> => {
    complain((await change({ id: channel.id, changes: { isEnabled: !channel.isEnabled } })).error)
  }
  const drop = async (): Promise<void> => {
    complain((await remove(channel.id)).error)
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
