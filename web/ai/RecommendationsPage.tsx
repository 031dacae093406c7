import { useState } from 'react'
import { useNavigate } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { recommendationKinds } from '#contracts/recommendation.ts'
import type { Recommendation } from '#contracts/recommendation.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useMay } from '../auth/permissions.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useDraft } from '../design/use-draft.ts'
import { useListState } from '../design/use-list-state.ts'
import { shortId, totalWords, usd } from '../design/words.ts'
import { AccountName } from '../resources/AccountName.tsx'
import {
  useListRecommendationsQuery,
  usePlanRecommendationMutation,
  useReopenRecommendationMutation,
} from './recommendation-endpoints.ts'
import { kindWords, statusLooks, usageWords } from './recommendation-words.ts'
import { SettleModal } from './SettleModal.tsx'

const open = { value: '', label: 'Open' }
const statuses = [
  open,
  { value: 'snoozed', label: statusLooks.snoozed.word },
  { value: 'dismissed', label: statusLooks.dismissed.word },
  { value: 'applied', label: statusLooks.applied.word },
  { value: 'all', label: 'All' },
]
const any = { value: '', label: 'Any kind' }
const notKnown = { value: 'unknown', label: 'Size not known' }
const kinds = [
  any,
  ...recommendationKinds.map((value) => ({ value: value as string, label: kindWords[value] })),
  notKnown,
]

/** What would save money, or is too small. One click makes a plan; nothing happens before somebody files it. */
export const RecommendationsPage = () => {
  const list = useListState()
  const navigate = useNavigate()
  const dispatch = useAppDispatch()
  const [mayPlan, mayManage] = [useMay('task.create'), useMay('recommendation.manage')]
  const [status, kind, q] = [list.get('status'), list.get('kind'), list.get('q')]
  const { data, isLoading, isFetching, error, refetch } = useListRecommendationsQuery({
    ...(status === '' ? {} : { status }),
    ...(kind === '' ? {} : kind === notKnown.value ? { finding: kind } : { kind }),
    ...(q === '' ? {} : { q }),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [text, setText] = useDraft(q, (changed) => list.set({ q: changed }))
  const [plan, planning] = usePlanRecommendationMutation()
  const [reopen] = useReopenRecommendationMutation()
  const [settled, setSettled] = useState<{ recommendation: Recommendation; how: 'dismiss' | 'snooze' } | null>(null)

  const begin = async ({ id }: Recommendation): Promise<void> => {
    const result = await plan(id)
    if (result.data !== undefined) void navigate(`/plans/${result.data.planHash}`)
    else dispatch(said('error', apiErrorOf(result.error).title, apiErrorOf(result.error).detail))
  }

  const actions: TableProps.ColumnDefinition<Recommendation> = {
    id: 'actions',
    header: 'Actions',
    minWidth: 260,
    cell: (one) => (
      <SpaceBetween direction="horizontal" size="s">
        {mayPlan && one.operation !== null && one.status !== 'applied' && one.status !== 'gone' && (
          <Button
            variant="inline-link"
            ariaLabel={`Make the plan: ${one.title}`}
            loading={planning.isLoading && planning.originalArgs === one.id}
            onClick={() => void begin(one)}
          >
            Make the plan
          </Button>
        )}
        {mayManage && one.status === 'open' && (
          <Button
            variant="inline-link"
            ariaLabel={`Snooze: ${one.title}`}
            onClick={() => setSettled({ recommendation: one, how: 'snooze' })}
          >
            Snooze
          </Button>
        )}
        {mayManage && one.status === 'open' && (
          <Button
            variant="inline-link"
            ariaLabel={`Dismiss: ${one.title}`}
            onClick={() => setSettled({ recommendation: one, how: 'dismiss' })}
          >
            Dismiss
          </Button>
        )}
        {mayManage && (one.status === 'dismissed' || one.status === 'snoozed') && (
          <Button variant="inline-link" ariaLabel={`Reopen: ${one.title}`} onClick={() => void reopen(one.id)}>
            Reopen
          </Button>
        )}
      </SpaceBetween>
    ),
  }

  return (
    <>
      <Table
        variant="full-page"
        stickyHeader
        items={error === undefined ? (data?.items ?? []) : []}
        columnDefinitions={[...columns, actions]}
        trackBy="id"
        wrapLines
        loading={isLoading}
        loadingText="Loading recommendations"
        ariaLabels={{ tableLabel: 'Recommendations' }}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={
              data === undefined
                ? 'By list prices, from two weeks of metrics.'
                : status === 'applied'
                  ? `Saves about ${usd(data.realisedMonthlyUsd)} a month, by list prices.`
                  : `Would save about ${usd(data.monthlySavingUsd)} a month, by list prices, from two weeks of metrics.`
            }
            {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
            actions={
              <Button
                iconName="refresh"
                ariaLabel="Refresh"
                loading={isFetching && !isLoading}
                onClick={() => void refetch()}
              />
            }
          >
            Recommendations
          </Header>
        }
        filter={
          <Filters>
            <TextFilter
              filteringText={text}
              filteringPlaceholder="Find by title or ARN"
              filteringAriaLabel="Find recommendations"
              onChange={({ detail }) => setText(detail.filteringText)}
            />
            <Select
              ariaLabel="Status"
              options={statuses}
              selectedOption={statuses.find(({ value }) => value === status) ?? open}
              onChange={({ detail }) => list.set({ status: detail.selectedOption.value ?? '' })}
            />
            <Select
              ariaLabel="Kind"
              options={kinds}
              selectedOption={kinds.find(({ value }) => value === kind) ?? any}
              onChange={({ detail }) => list.set({ kind: detail.selectedOption.value ?? '' })}
            />
          </Filters>
        }
        pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
        empty={
          <TableState
            error={error}
            onRetry={() => void refetch()}
            isFiltered={status !== '' || kind !== '' || q !== ''}
            onClear={() => list.set({ status: '', kind: '', q: '' })}
            what="recommendations"
            firstStep="They are looked for every six hours, among the most expensive resources."
          />
        }
      />
      {settled !== null && <SettleModal {...settled} onClose={() => setSettled(null)} />}
    </>
  )
}

const columns: TableProps.ColumnDefinition<Recommendation>[] = [
  {
    id: 'title',
    header: 'Recommendation',
    isRowHeader: true,
    minWidth: 260,
    cell: ({ title, because, evidence, reason }) => (
      <>
        {title}
        <Box fontSize="body-s" color="text-body-secondary">
          {because}
          {usageWords(evidence['usage']) !== null && ` (${usageWords(evidence['usage'])})`}
          {reason !== null && <div>Dismissed: {reason}</div>}
        </Box>
      </>
    ),
  },
  {
    id: 'saving',
    header: 'A month',
    minWidth: 130,
    cell: ({ monthlySavingUsd, realised }) =>
      realised !== null ? (
        <>
          {usd(realised.monthlyUsd)} saved
          {usageWords(realised.after) !== null && (
            <Box fontSize="body-s" color="text-body-secondary">
              Since then: {usageWords(realised.after)}
            </Box>
          )}
        </>
      ) : monthlySavingUsd === null ? (
        'not known'
      ) : monthlySavingUsd < 0 ? (
        `${usd(-monthlySavingUsd)} more`
      ) : (
        `${usd(monthlySavingUsd)} less`
      ),
  },
  {
    id: 'resource',
    header: 'Resource',
    cell: ({ resource }) => (
      <Link href={`/resources/${encodeURIComponent(resource.id)}?tab=metrics&hours=168`}>
        {resource.name ?? shortId(resource.id)}
      </Link>
    ),
  },
  {
    id: 'place',
    header: 'Account',
    cell: ({ account, region }) => (
      <>
        <AccountName id={account} />
        <Box fontSize="body-s" color="text-body-secondary">
          {region}
        </Box>
      </>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    minWidth: 120,
    cell: ({ status, snoozedUntil }) => (
      <>
        <StatusIndicator type={statusLooks[status].type}>{statusLooks[status].word}</StatusIndicator>
        {status === 'snoozed' && snoozedUntil !== null && (
          <Box fontSize="body-s" color="text-body-secondary">
            until <Time iso={snoozedUntil} form="absolute" />
          </Box>
        )}
      </>
    ),
  },
]
