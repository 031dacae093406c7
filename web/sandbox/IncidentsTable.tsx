import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { SandboxIncident } from '#contracts/sandbox.ts'
import { DataTable } from '../design/DataTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useNow } from '../design/use-now.ts'
import { AccountName } from '../resources/AccountName.tsx'
import { incidentWords, phaseOf } from './sandbox-words.ts'

const looks = {
  planned: { type: 'pending', word: 'Planned' },
  active: { type: 'warning', word: 'Going on' },
  over: { type: 'stopped', word: 'Over' },
} as const

/** What goes wrong by itself: what goes on now first, then what is to come, then what was. */
export const IncidentsTable = ({ incidents }: { incidents: readonly SandboxIncident[] }) => {
  const nowMs = useNow()
  const order = ['active', 'planned', 'over']
  const sorted = incidents.toSorted((a, b) => order.indexOf(phaseOf(a, nowMs)) - order.indexOf(phaseOf(b, nowMs)))
  const columns: TableProps.ColumnDefinition<SandboxIncident>[] = [
    {
      id: 'kind',
      header: 'Incident',
      isRowHeader: true,
      minWidth: 200,
      cell: ({ kind, what }) => (
        <>
          {incidentWords[kind]}
          <Second>{what}</Second>
        </>
      ),
    },
    {
      id: 'phase',
      header: 'Now',
      minWidth: 140,
      cell: (incident) => {
        const { type, word } = looks[phaseOf(incident, nowMs)]
        return <StatusIndicator type={type}>{word}</StatusIndicator>
      },
    },
    {
      id: 'resource',
      header: 'Resource',
      cell: ({ resource, name }) => (
        <Link href={`/resources/${encodeURIComponent(resource)}?tab=metrics&hours=24`}>{name}</Link>
      ),
    },
    { id: 'account', header: 'Account', cell: ({ account }) => <AccountName id={account} /> },
    { id: 'region', header: 'Region', cell: ({ region }) => region },
    { id: 'from', header: 'From', cell: ({ from }) => <Time iso={from} /> },
    { id: 'until', header: 'Until', cell: ({ until }) => <Time iso={until} /> },
  ]
  return (
    <DataTable
      items={sorted}
      columnDefinitions={columns}
      wrapLines
      ariaLabels={{ tableLabel: 'Incidents' }}
      header={
        <Header
          variant="h2"
          counter={`(${incidents.length})`}
          description="Of the last and the next day. They follow from the seed and come by themselves."
        >
          Incidents
        </Header>
      }
      empty="This estate is too small for incidents."
    />
  )
}
