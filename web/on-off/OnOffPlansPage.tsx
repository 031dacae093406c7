import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Half, OnOffPlan } from '#contracts/on-off-plan.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useMay } from '../auth/permissions.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { approvalLooks, scheduleLooks, targetWords } from '../schedules/schedule-words.ts'
import { useListOnOffPlansQuery, useRemoveOnOffPlanMutation, useSteerOnOffPlanMutation } from './endpoints.ts'
import { daysWords, hoursWords, usdWords } from './on-off-words.ts'

/** What is stopped at one time and started at another, with both halves of each. */
export const OnOffPlansPage = () => {
  const list = useListState()
  const mayManage = useMay('schedule.manage')
  useLiveTopic('schedules')
  const { data, isLoading, isFetching, error, refetch } = useListOnOffPlansQuery(
    list.cursor === null ? {} : { cursor: list.cursor },
    // Runs come by themselves.
    { pollingInterval: 15_000, skipPollingIfUnfocused: true },
  )
  const create = (
    <Button variant="primary" href="/on-off-plans/new">
      Create an on/off plan
    </Button>
  )
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={mayManage ? [...columns, actions] : columns}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading on/off plans"
      ariaLabels={{ tableLabel: 'On/off plans' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          description="Instances that are stopped at one time and started at another."
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="refresh"
                ariaLabel="Refresh"
                loading={isFetching && !isLoading}
                onClick={() => void refetch()}
              />
              {mayManage && create}
            </SpaceBetween>
          }
        >
          On/off plans
        </Header>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={false}
          onClear={() => {}}
          what="on/off plans"
          firstStep={mayManage ? create : 'An operator can have instances stopped at night.'}
        />
      }
    />
  )
}

/** When it comes next, the approval that covers it, and the way to its runs. */
const HalfCell = ({ half, what }: { half: Half; what: string }) => {
  const [next] = half.nextRuns
  return (
    <>
      {next === undefined ? scheduleLooks[half.status].word : <Time iso={next} />}
      <Box fontSize="body-s" color="text-body-secondary">
        {half.standingApproval === null
          ? 'No standing approval'
          : `Standing approval: ${approvalLooks[half.standingApproval.status].word}`}
      </Box>
      <Link href={`/schedules/${half.schedule}`} fontSize="body-s">
        Schedule that {what}
      </Link>
    </>
  )
}

const Actions = ({ plan }: { plan: OnOffPlan }) => {
  const dispatch = useAppDispatch()
  const [steer, steering] = useSteerOnOffPlanMutation()
  const [remove, removal] = useRemoveOnOffPlanMutation()
  const [isRemoving, setRemoving] = useState(false)
  const tell = (error: unknown): void => {
    if (error !== undefined) dispatch(said('error', apiErrorOf(error).title, apiErrorOf(error).detail))
  }
  const isActive = plan.status === 'active'
  const act = async (what: string): Promise<void> => {
    if (what === 'delete') setRemoving(true)
    else tell((await steer({ id: plan.id, how: what === 'pause' ? 'pause' : 'resume' })).error)
  }
  const drop = async (): Promise<void> => {
    tell((await remove(plan.id)).error)
    setRemoving(false)
  }
  return (
    <>
      <ButtonDropdown
        variant="inline-icon"
        expandToViewport
        ariaLabel={`Actions for ${plan.name}`}
        loading={steering.isLoading}
        items={[
          { id: 'change', text: 'Change', href: `/on-off-plans/${plan.id}/edit` },
          isActive ? { id: 'pause', text: 'Pause' } : { id: 'resume', text: 'Resume' },
          { id: 'delete', text: 'Delete' },
        ]}
        onItemClick={({ detail }) => {
          if (detail.id !== 'change') void act(detail.id)
        }}
      />
      {isRemoving && (
        <Modal
          visible
          header={`Delete “${plan.name}”?`}
          onDismiss={() => setRemoving(false)}
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setRemoving(false)}>
                  Cancel
                </Button>
                <Button variant="primary" loading={removal.isLoading} onClick={() => void drop()}>
                  Delete
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          Both of its schedules go with it. What is stopped stays stopped until somebody starts it.
        </Modal>
      )}
    </>
  )
}

const columns: TableProps.ColumnDefinition<OnOffPlan>[] = [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    cell: ({ name, targets }) => (
      <>
        {name}
        <Box fontSize="body-s" color="text-body-secondary">
          {targetWords(targets)}
        </Box>
      </>
    ),
    minWidth: 180,
  },
  {
    id: 'when',
    header: 'When',
    cell: ({ days, offAt, onAt, timeZone, exceptDates }) => (
      <>
        {daysWords(days)}, off {offAt}, on {onAt}
        <Box fontSize="body-s" color="text-body-secondary">
          {timeZone}
          {exceptDates.length > 0 && `, not on ${exceptDates.join(', ')}`}
        </Box>
      </>
    ),
    minWidth: 200,
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status, off, on }) => (
      <>
        <StatusIndicator type={scheduleLooks[status].type}>{scheduleLooks[status].word}</StatusIndicator>
        {status === 'stopped' && <Box fontSize="body-s">{off.stoppedReason ?? on.stoppedReason}</Box>}
      </>
    ),
    minWidth: 120,
  },
  { id: 'off', header: 'Next off', cell: ({ off }) => <HalfCell half={off} what="stops" />, minWidth: 150 },
  { id: 'on', header: 'Next on', cell: ({ on }) => <HalfCell half={on} what="starts" />, minWidth: 150 },
  {
    id: 'saves',
    header: 'Saves a month, about',
    cell: ({ savings }) => (
      <>
        {usdWords(savings)}
        <Box fontSize="body-s" color="text-body-secondary">
          {hoursWords(savings)}
        </Box>
      </>
    ),
    minWidth: 160,
  },
  { id: 'owner', header: 'Owner', cell: ({ owner }) => owner.email },
]

const actions: TableProps.ColumnDefinition<OnOffPlan> = {
  id: 'actions',
  header: 'Actions',
  cell: (plan) => <Actions plan={plan} />,
}
