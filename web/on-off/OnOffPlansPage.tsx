import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Half, OnOffPlan } from '#contracts/on-off-plan.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { FormModal } from '../design/FormModal.tsx'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListState } from '../design/use-list-state.ts'
import { approvalLooks, scheduleLooks, targetWords } from '../schedules/schedule-words.ts'
import { useListOnOffPlansQuery, useRemoveOnOffPlanMutation, useSteerOnOffPlanMutation } from './endpoints.ts'
import { daysWords, hoursWords, usdWords } from './on-off-words.ts'

/** What is stopped at one time and started at another, with both halves of each. */
export const OnOffPlansPage = () => {
  const list = useListState()
  const mayManage = useMay('schedule.manage')
  useLiveTopic('schedules')
  const answer = useListOnOffPlansQuery(
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
    <ListTable
      title="On/off plans"
      what="on/off plans"
      description="Instances that are stopped at one time and started at another."
      list={list}
      answer={answer}
      columns={mayManage ? [...columns, actions] : columns}
      rowId="id"
      actions={mayManage && create}
      firstStep={mayManage ? create : 'An operator can have instances stopped at night.'}
    />
  )
}

/** When it comes next, the approval that covers it, and the way to its runs. */
const HalfCell = ({ half, what }: { half: Half; what: string }) => {
  const [next] = half.nextRuns
  return (
    <>
      {next === undefined ? scheduleLooks[half.status].word : <Time iso={next} />}
      <Second>
        {half.standingApproval === null
          ? 'No standing approval'
          : `Standing approval: ${approvalLooks[half.standingApproval.status].word}`}
      </Second>
      <Link href={`/schedules/${half.schedule}`} fontSize="body-s">
        Schedule that {what}
      </Link>
    </>
  )
}

const Actions = ({ plan }: { plan: OnOffPlan }) => {
  const complain = useComplain()
  const [steer, steering] = useSteerOnOffPlanMutation()
  const [remove, removal] = useRemoveOnOffPlanMutation()
  const [isRemoving, setRemoving] = useState(false)
  const isActive = plan.status === 'active'
  const act = async (what: string): Promise<void> => {
    if (what === 'delete') setRemoving(true)
    else complain((await steer({ id: plan.id, how: what === 'pause' ? 'pause' : 'resume' })).error)
  }
  const drop = async (): Promise<void> => {
    if ((await remove(plan.id)).error === undefined) setRemoving(false)
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
        <FormModal
          header={`Delete “${plan.name}”?`}
          confirm="Delete"
          isBusy={removal.isLoading}
          isReady
          error={removal.error}
          onConfirm={() => void drop()}
          onClose={() => setRemoving(false)}
        >
          Both of its schedules go with it. What is stopped stays stopped until somebody starts it.
        </FormModal>
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
        <Second>{targetWords(targets)}</Second>
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
        <Second>
          {timeZone}
          {exceptDates.length > 0 && `, not on ${exceptDates.join(', ')}`}
        </Second>
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
        <Second>{hoursWords(savings)}</Second>
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
