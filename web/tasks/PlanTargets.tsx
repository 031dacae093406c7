import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Plan, PlanTarget } from '#contracts/task.ts'
import { PagedTable } from '../design/PagedTable.tsx'
import { Second } from '../design/Second.tsx'
import { naturally, shortId } from '../design/words.ts'
import { Place } from '../resources/Place.tsx'
import { Changes } from './Changes.tsx'

export const resourceHref = (id: string): string => `/resources/${encodeURIComponent(id)}`

export const TargetName = ({ id, name }: { id: string; name: string | null }) => (
  <>
    <Link href={resourceHref(id)}>{name ?? shortId(id)}</Link>
    {name !== null && <Second>{shortId(id)}</Second>}
  </>
)

const columns: TableProps.ColumnDefinition<PlanTarget>[] = [
  { id: 'name', header: 'Target', cell: ({ id, name }) => <TargetName id={id} name={name} />, isRowHeader: true },
  {
    id: 'place',
    header: 'Account and Region',
    cell: ({ account, region }) => <Place account={account} region={region} />,
  },
  {
    id: 'change',
    header: 'Before → after',
    minWidth: 200,
    cell: ({ before, after, warnings = [] }) => (
      <>
        <Changes before={before} after={after} />
        {warnings.map((warning) => (
          <div key={warning}>
            <StatusIndicator type="warning">{warning}</StatusIndicator>
          </div>
        ))}
      </>
    ),
  },
]
const excludedColumns: TableProps.ColumnDefinition<Plan['excluded'][number]>[] = [
  {
    id: 'id',
    header: 'Target',
    cell: ({ id }) => <Link href={resourceHref(id)}>{shortId(id)}</Link>,
    isRowHeader: true,
  },
  { id: 'why', header: 'Why it is left out', cell: ({ why }) => why, minWidth: 200 },
]

/** What a plan touches, and what it leaves out and why. */
export const PlanTargets = ({ plan }: { plan: Pick<Plan, 'targets' | 'excluded'> }) => (
  <SpaceBetween size="l">
    <PagedTable
      title="Targets"
      rows={plan.targets.toSorted((a, b) => naturally(a.name ?? a.id, b.name ?? b.id))}
      columns={columns}
      rowId={({ id }) => id}
      textOf={({ id, name }) => `${name ?? ''} ${id}`}
      empty="No target is left: each was excluded."
    />
    {plan.excluded.length > 0 && (
      <PagedTable
        title="Left out"
        rows={plan.excluded}
        columns={excludedColumns}
        rowId={({ id }) => id}
        textOf={({ id, why }) => `${id} ${why}`}
        empty="Nothing is left out."
      />
    )}
  </SpaceBetween>
)
