import { useParams } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { DeliveryView } from '#contracts/alert.ts'
import { useComplain } from '../app/use-complain.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useListChannelsQuery, useListDeliveriesQuery, useRedeliverMutation } from './endpoints.ts'

const looks = {
  pending: { type: 'pending', word: 'Pending' },
  delivered: { type: 'success', word: 'Delivered' },
  failed: { type: 'error', word: 'Failed' },
} as const
const statuses = [
  { value: '', label: 'Any status' },
  ...Object.entries(looks).map(([value, { word }]) => ({ value, label: word })),
]

/** What was sent to one channel in the last days. */
export const ChannelPage = () => {
  const { id = '' } = useParams()
  const list = useListState()
  const { data: channels } = useListChannelsQuery()
  const channel = channels?.items.find((one) => one.id === id)
  const answer = useListDeliveriesQuery({
    id,
    status: list.get('status'),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  return (
    <ListTable
      title={channel === undefined ? 'Deliveries' : `Deliveries to “${channel.name}”`}
      what="deliveries"
      description="Kept for seven days after they are over."
      list={list}
      answer={answer}
      columns={columnsOf(id)}
      rowId="id"
      choices={[{ name: 'status', label: 'Status', options: statuses }]}
      firstStep="What is sent to this channel appears here."
    />
  )
}

const columnsOf = (channelId: string): TableProps.ColumnDefinition<DeliveryView>[] => [
  { id: 'event', header: 'Event', cell: ({ event }) => event, isRowHeader: true },
  {
    id: 'task',
    header: 'Task',
    cell: ({ task }) => (task === null ? '–' : <Link href={`/tasks/${task}`}>{task.slice(0, 8)}</Link>),
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status, lastError }) => (
      <>
        <StatusIndicator type={looks[status].type}>{looks[status].word}</StatusIndicator>
        {lastError !== null && status !== 'delivered' && <Box fontSize="body-s">{lastError}</Box>}
      </>
    ),
  },
  { id: 'attempts', header: 'Attempts', cell: ({ attempts }) => attempts },
  { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <Time iso={createdAt} /> },
  {
    id: 'nextAt',
    header: 'Next attempt',
    cell: ({ status, nextAt }) =>
      status !== 'pending' ? '–' : nextAt === null ? 'after an earlier one of its task' : <Time iso={nextAt} />,
  },
  { id: 'actions', header: 'Actions', cell: (delivery) => <Redeliver channelId={channelId} delivery={delivery} /> },
]

const Redeliver = ({ channelId, delivery }: { channelId: string; delivery: DeliveryView }) => {
  const complain = useComplain()
  const [redeliver, { isLoading }] = useRedeliverMutation()
  const again = async (): Promise<void> => {
    complain((await redeliver({ channelId, id: delivery.id })).error)
  }
  if (delivery.status === 'pending') return '–'
  return (
    <Button
      variant="inline-link"
      loading={isLoading}
      ariaLabel={`Send ${delivery.event} of ${delivery.createdAt} again`}
      onClick={() => void again()}
    >
      Send again
    </Button>
  )
}
