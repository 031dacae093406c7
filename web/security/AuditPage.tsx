import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { outcomes } from '#contracts/audit.ts'
import type { AuditRow } from '#contracts/audit.ts'
import { apiErrorOf } from '../api/problem.ts'
import { ForbiddenPage } from '../app/ForbiddenPage.tsx'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useDraft } from '../design/use-draft.ts'
import { useListState } from '../design/use-list-state.ts'
import { shortId, totalWords } from '../design/words.ts'
import { AuditDetails } from './AuditDetails.tsx'
import { AuditVerification } from './AuditVerification.tsx'
import { useListAuditQuery, useVerifyAuditMutation } from './endpoints.ts'

const anyOutcome = { value: '', label: 'Any outcome' }
const outcomeOptions = [anyOutcome, ...outcomes.map((value) => ({ value: value as string, label: value }))]
const outcomeTypes = { allowed: 'success', succeeded: 'success', denied: 'error', failed: 'error' } as const

const subjectHref = ({ type, id }: AuditRow['subject']): string | null => {
  if (type === 'Task') return `/tasks/${id}`
  return type === 'Resource' ? `/resources/${encodeURIComponent(id)}` : null
}

const columns: TableProps.ColumnDefinition<AuditRow>[] = [
  { id: 'at', header: 'When', cell: ({ at }) => <Time iso={at} form="absolute" />, isRowHeader: true },
  { id: 'actor', header: 'Who', cell: ({ actor }) => actor.email ?? actor.id },
  { id: 'action', header: 'Action', cell: ({ action }) => action },
  {
    id: 'subject',
    header: 'On',
    cell: ({ subject }) => {
      const href = subjectHref(subject)
      const text = `${subject.type} ${shortId(subject.id)}`
      return href === null ? text : <Link href={href}>{text}</Link>
    },
  },
  {
    id: 'outcome',
    header: 'Outcome',
    cell: ({ outcome }) => <StatusIndicator type={outcomeTypes[outcome]}>{outcome}</StatusIndicator>,
  },
  {
    id: 'details',
    header: 'Details',
    cell: ({ details, requestId }) => <AuditDetails details={details} requestId={requestId} />,
  },
  {
    id: 'sealed',
    header: 'Sealed',
    cell: ({ isSealed }) => (
      <StatusIndicator type={isSealed ? 'success' : 'pending'}>{isSealed ? 'Yes' : 'Not yet'}</StatusIndicator>
    ),
  },
]

/** Every decision on record, with the proof that none was changed or taken away. */
export const AuditPage = () => {
  const list = useListState()
  const [q, outcome] = [list.get('q'), list.get('outcome')]
  const { data, isLoading, isFetching, error, refetch } = useListAuditQuery({
    q,
    outcome,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [text, setText] = useDraft(q, (changed) => list.set({ q: changed }))
  const [verify, verification] = useVerifyAuditMutation()
  if (error !== undefined && apiErrorOf(error).status === 403) return <ForbiddenPage what="the audit log" />
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columns}
      trackBy="id"
      loading={isLoading}
      loadingText="Loading the audit log"
      ariaLabels={{ tableLabel: 'Audit log' }}
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  iconName="refresh"
                  ariaLabel="Refresh"
                  loading={isFetching && !isLoading}
                  onClick={() => void refetch()}
                />
                <Button
                  iconName="check"
                  loading={verification.isLoading}
                  loadingText="Verifying"
                  onClick={() => void verify()}
                >
                  Verify the chain
                </Button>
              </SpaceBetween>
            }
          >
            Audit
          </Header>
          {verification.data !== undefined && <AuditVerification verification={verification.data} />}
          {verification.error !== undefined && <ProblemAlert error={verification.error} />}
        </SpaceBetween>
      }
      filter={
        <Filters>
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by action, person, subject or details"
            filteringAriaLabel="Find audit entries"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
          <Select
            ariaLabel="Outcome"
            options={outcomeOptions}
            selectedOption={outcomeOptions.find(({ value }) => value === outcome) ?? anyOutcome}
            onChange={({ detail }) => list.set({ outcome: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={q !== '' || outcome !== ''}
          onClear={() => list.set({ q: '', outcome: '' })}
          what="entries"
          firstStep="Sign-ins, changes and denials appear here."
        />
      }
    />
  )
}
