import { useNavigate } from 'react-router'
import Button from '@cloudscape-design/components/button'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Finding, FindingKind } from '#contracts/findings.ts'
import { useMay } from '../auth/permissions.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { shortId, usd } from '../design/words.ts'
import { QueryInput } from '../resources/QueryInput.tsx'
import { newTaskHref } from '../tasks/targets-in-url.ts'
import { placeColumn, resourceColumn } from './change-columns.tsx'
import { useListFindingsQuery } from './endpoints.ts'

const kindWords: Record<FindingKind, string> = {
  'stopped-instance': 'Long stopped instance',
  'unattached-volume': 'Unattached volume',
  'load-balancer-without-targets': 'Load balancer without targets',
  'orphaned-snapshot': 'Snapshot of a volume that is gone',
  'unassociated-address': 'Unused address',
  'log-group-without-retention': 'Logs that never expire',
  'empty-log-group': 'Empty log group',
  'unused-security-group': 'Unused security group',
  'unused-key-pair': 'Unused key pair',
  'old-function-version': 'Old version of a function',
}

/** What looks unused, what costs most first. Nothing is done about it by itself. */
export const FindingsPage = () => {
  const list = useListState()
  const [q, kind] = [list.get('q'), list.get('kind')]
  const answer = useListFindingsQuery({
    q,
    kind,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const kinds = [
    { value: '', label: 'Any kind' },
    ...(answer.data?.kinds ?? [])
      .filter(({ count, kind: each }) => count > 0 || each === kind)
      .map((each) => ({
        value: each.kind as string,
        label: `${kindWords[each.kind]} (${each.count})`,
        description: `${usd(each.monthlyUsd)} a month`,
      })),
  ]
  return (
    <ListTable
      title="Findings"
      what="findings"
      description={
        answer.data === undefined
          ? 'What looks unused.'
          : `What looks unused: about ${usd(answer.data.monthlyUsd)} a month at list prices.`
      }
      list={list}
      answer={answer}
      columns={columns}
      filter={{
        names: ['q'],
        element: <QueryInput query={q} error={answer.error} onChange={(changed) => list.set({ q: changed })} />,
      }}
      choices={[{ name: 'kind', label: 'Kind', options: kinds }]}
      firstStep="Nothing looks unused."
    />
  )
}

const Suggestion = ({ finding: { suggestion, resource } }: { finding: Finding }) => {
  const navigate = useNavigate()
  const mayCreate = useMay('task.create')
  if (suggestion === null) return <>–</>
  const { to, state } = newTaskHref(suggestion.operation, { ids: [resource.id] })
  return (
    <Button
      variant="inline-link"
      disabled={!mayCreate}
      ariaLabel={`Plan ${suggestion.operation} for ${resource.name ?? shortId(resource.id)}`}
      onClick={() => void navigate(to, { state })}
    >
      Plan {suggestion.operation}
    </Button>
  )
}

const columns: TableProps.ColumnDefinition<Finding>[] = [
  resourceColumn(''),
  { id: 'kind', header: 'Finding', cell: ({ kind }) => kindWords[kind] },
  {
    id: 'cost',
    header: 'Cost a month',
    cell: ({ monthlyUsd }) => (monthlyUsd === null ? 'not known' : usd(monthlyUsd)),
    width: 130,
  },
  { id: 'evidence', header: 'Why', cell: ({ evidence }) => evidence, minWidth: 200 },
  { id: 'since', header: 'Since', cell: ({ since }) => <Time iso={since} />, width: 130 },
  { id: 'suggestion', header: 'What to do', cell: (finding) => <Suggestion finding={finding} />, minWidth: 190 },
  placeColumn(),
]
