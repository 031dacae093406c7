import { useState } from 'react'
import { useNavigate } from 'react-router'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { recommendationKinds } from '#contracts/recommendation.ts'
import type { Recommendation, RecommendationList } from '#contracts/recommendation.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { shortId, usd } from '../design/words.ts'
import { Place } from '../resources/Place.tsx'
import {
  useListRecommendationsQuery,
  usePlanRecommendationMutation,
  useReopenRecommendationMutation,
} from './recommendation-endpoints.ts'
import { kindWords, statusLooks, usageWords } from './recommendation-words.ts'
import { SettleModal } from './SettleModal.tsx'

const statuses = [
  { value: '', label: 'Open' },
  { value: 'snoozed', label: statusLooks.snoozed.word },
  { value: 'dismissed', label: statusLooks.dismissed.word },
  { value: 'applied', label: statusLooks.applied.word },
  { value: 'all', label: 'All' },
]
const notKnown = { value: 'unknown', label: 'Size not known' }
const kinds = [
  { value: '', label: 'Any kind' },
  ...recommendationKinds.map((value) => ({ value: value as string, label: kindWords[value] })),
  notKnown,
]

/** What would save money, or is too small. One click makes a plan; nothing happens before somebody files it. */
export const RecommendationsPage = () => {
  const list = useListState()
  const navigate = useNavigate()
  const complain = useComplain()
  const [mayPlan, mayManage] = [useMay('task.create'), useMay('recommendation.manage')]
  const [status, kind, q] = [list.get('status'), list.get('kind'), list.get('q')]
  const answer = useListRecommendationsQuery({
    ...(status === '' ? {} : { status }),
    ...(kind === '' ? {} : kind === notKnown.value ? { finding: kind } : { kind }),
    ...(q === '' ? {} : { q }),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [plan, planning] = usePlanRecommendationMutation()
  const [reopen] = useReopenRecommendationMutation()
  const [settled, setSettled] = useState<{ recommendation: Recommendation; how: 'dismiss' | 'snooze' } | null>(null)

  const begin = async ({ id }: Recommendation): Promise<void> => {
    const result = await plan(id)
    if (result.data !== undefined) void navigate(`/plans/${result.data.planHash}`)
    else complain(result.error)
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
      <ListTable
        title="Recommendations"
        what="recommendations"
        description={savingWords(answer.data, status)}
        list={list}
        answer={answer}
        columns={[...columns, actions]}
        rowId="id"
        search="title or ARN"
        choices={[
          { name: 'status', label: 'Status', options: statuses },
          { name: 'kind', label: 'Kind', options: kinds },
        ]}
        firstStep="They are looked for every six hours, among the most expensive resources."
      />
      {settled !== null && <SettleModal {...settled} onClose={() => setSettled(null)} />}
    </>
  )
}

const savingWords = (data: RecommendationList | undefined, status: string): string =>
  data === undefined
    ? 'By list prices, from two weeks of metrics.'
    : status === 'applied'
      ? `Saves about ${usd(data.realisedMonthlyUsd)} a month, by list prices.`
      : `Would save about ${usd(data.monthlySavingUsd)} a month, by list prices, from two weeks of metrics.`

const columns: TableProps.ColumnDefinition<Recommendation>[] = [
  {
    id: 'title',
    header: 'Recommendation',
    isRowHeader: true,
    minWidth: 260,
    cell: ({ title, because, evidence, reason }) => (
      <>
        {title}
        <Second>
          {because}
          {usageWords(evidence['usage']) !== null && ` (${usageWords(evidence['usage'])})`}
          {reason !== null && <div>Dismissed: {reason}</div>}
        </Second>
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
          {usageWords(realised.after) !== null && <Second>Since then: {usageWords(realised.after)}</Second>}
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
    cell: ({ account, region }) => <Place account={account} region={region} />,
  },
  {
    id: 'status',
    header: 'Status',
    minWidth: 120,
    cell: ({ status, snoozedUntil }) => (
      <>
        <StatusIndicator type={statusLooks[status].type}>{statusLooks[status].word}</StatusIndicator>
        {status === 'snoozed' && snoozedUntil !== null && (
          <Second>
            until <Time iso={snoozedUntil} form="absolute" />
          </Second>
        )}
      </>
    ),
  },
]
