import { useNavigate } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Finding, FindingKind } from '#contracts/findings.ts'
import { useMay } from '../auth/permissions.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { shortId, totalWords, usd } from '../design/words.ts'
import { AccountName } from '../resources/AccountName.tsx'
import { QueryInput } from '../resources/QueryInput.tsx'
import { resourceHref } from '../tasks/PlanTargets.tsx'
import { newTaskHref } from '../tasks/targets-in-url.ts'
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
const anyKind = { value: '', label: 'Any kind' }

/** What looks unused, what costs most first. Nothing is done about it by itself. */
export const FindingsPage = () => {
  const list = useListState()
  const [q, kind] = [list.get('q'), list.get('kind')]
  const { data, currentData, isFetching, error, refetch } = useListFindingsQuery({
    q,
    kind,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const kinds = [
    anyKind,
    ...(data?.kinds ?? [])
      .filter(({ count, kind: each }) => count > 0 || each === kind)
      .map((each) => ({
        value: each.kind as string,
        label: `${kindWords[each.kind]} (${each.count})`,
        description: `${usd(each.monthlyUsd)} a month`,
      })),
  ]
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columns}
      wrapLines
      loading={isFetching && data === undefined}
      loadingText="Loading findings"
      ariaLabels={{ tableLabel: 'Findings' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          description={
            data === undefined
              ? 'What looks unused.'
              : `What looks unused: about ${usd(data.monthlyUsd)} a month at list prices.`
          }
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={
            <Button iconName="refresh" ariaLabel="Refresh" loading={isFetching} onClick={() => void refetch()} />
          }
        >
          Findings
        </Header>
      }
      filter={
        <Filters>
          <QueryInput query={q} error={error} onChange={(changed) => list.set({ q: changed })} />
          <Select
            ariaLabel="Kind"
            options={kinds}
            selectedOption={kinds.find(({ value }) => value === kind) ?? anyKind}
            onChange={({ detail }) => list.set({ kind: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={currentData?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={q !== '' || kind !== ''}
          onClear={() => list.set({ q: '', kind: '' })}
          what="findings"
          firstStep="Nothing looks unused."
        />
      }
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
  {
    id: 'resource',
    header: 'Resource',
    isRowHeader: true,
    cell: ({ resource: { id, name, type } }) => (
      <>
        <Link href={resourceHref(id)}>{name ?? shortId(id)}</Link>
        <Box fontSize="body-s" color="text-body-secondary">
          {type}
        </Box>
      </>
    ),
  },
  { id: 'kind', header: 'Finding', cell: ({ kind }) => kindWords[kind] },
  {
    id: 'cost',
    header: 'Cost a month',
    cell: ({ monthlyUsd }) => (monthlyUsd === null ? 'not known' : usd(monthlyUsd)),
    width: 130,
  },
  { id: 'evidence', header: 'Why', cell: ({ evidence }) => evidence },
  { id: 'since', header: 'Since', cell: ({ since }) => <Time iso={since} />, width: 130 },
  { id: 'suggestion', header: 'What to do', cell: (finding) => <Suggestion finding={finding} />, minWidth: 190 },
  {
    id: 'place',
    header: 'Account and Region',
    cell: ({ resource: { account, region } }) => (
      <>
        <AccountName id={account} />
        <Box fontSize="body-s" color="text-body-secondary">
          {region}
        </Box>
      </>
    ),
  },
]
