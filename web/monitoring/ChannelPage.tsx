import { useParams } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { DeliveryView } from '#contracts/alert.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { useListChannelsQuery, useListDeliveriesQuery, useRedeliverMutation } from './endpoints.ts'

const looks = {
  pending: { type: 'pending', word: 'Pending' },
  delivered: { type: 'success', word: 'Delivered' },
  failed: { type: 'error', word: 'Failed' },
} as const
const anyStatus = { value: '', label: 'Any status' }
const statuses = [anyStatus, ...Object.entries(looks).map(([value, { word }]) => ({ value, label: word }))]

/** What was sent to one channel in the last days. */
export const ChannelPage = () => {
  const { id = '' } = useParams()
  const list = useListState()
  const status = list.get('status')
  const { data: channels } = useListChannelsQuery()
  const channel = channels?.items.find((one) => one.id === id)
  const { data, isLoading, isFetching, error, refetch } = useListDeliveriesQuery({
    id,
    status,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columnsOf(id)}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading deliveries"
      ariaLabels={{ tableLabel: 'Deliveries' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          description="Kept for seven days after they are over."
          actions={
            <Button
              iconName="refresh"
              ariaLabel="Refresh"
              loading={isFetching && !isLoading}
              onClick={() => void refetch()}
            />
          }
        >
          {channel === undefined ? 'Deliveries' : `Deliveries to “${channel.name}”`}
        </Header>
      }
      filter={
        <Filters>
          <Select
            ariaLabel="Status"
            options={statuses}
            selectedOption={statuses.find(({ value }) => value === status) ?? anyStatus}
            onChange={({ detail }) => list.set({ status: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={status !== ''}
          onClear={() => list.set({ status: '' })}
          what="deliveries"
          firstStep="What is sent to this channel appears here."
        />
      }
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
  const dispatch = useAppDispatch()
  const [redeliver, { isLoading }] = useRedeliverMutation()
  const again = async (): Promise<void> => {
    const { error } = await redeliver({ channelId, id: delivery.id })
    if (error !== undefined) dispatch(said('error', apiErrorOf(error).title, apiErrorOf(error).detail))
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
