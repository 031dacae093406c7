import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { outcomes } from '#contracts/audit.ts'
import type { AuditRow } from '#contracts/audit.ts'
import { apiErrorOf } from '../api/problem.ts'
import { ForbiddenPage } from '../app/ForbiddenPage.tsx'
import { ListTable } from '../design/ListTable.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { shortId } from '../design/words.ts'
import { AuditDetails } from './AuditDetails.tsx'
import { AuditVerification } from './AuditVerification.tsx'
import { useListAuditQuery, useVerifyAuditMutation } from './endpoints.ts'

const outcomeOptions = [
  { value: '', label: 'Any outcome' },
  ...outcomes.map((value) => ({ value: value as string, label: value })),
]
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
  const answer = useListAuditQuery({
    q: list.get('q'),
    outcome: list.get('outcome'),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [verify, verification] = useVerifyAuditMutation()
  if (answer.error !== undefined && apiErrorOf(answer.error).status === 403)
    return <ForbiddenPage what="the audit log" />
  return (
    <ListTable
      title="Audit"
      what="entries"
      list={list}
      answer={answer}
      columns={columns}
      rowId="id"
      search="action, person, subject or details"
      choices={[{ name: 'outcome', label: 'Outcome', options: outcomeOptions }]}
      actions={
        <Button iconName="check" loading={verification.isLoading} loadingText="Verifying" onClick={() => void verify()}>
          Verify the chain
        </Button>
      }
      notice={
        verification.data !== undefined ? (
          <AuditVerification verification={verification.data} />
        ) : verification.error !== undefined ? (
          <ProblemAlert error={verification.error} />
        ) : undefined
      }
      firstStep="Sign-ins, changes and denials appear here."
    />
  )
}
