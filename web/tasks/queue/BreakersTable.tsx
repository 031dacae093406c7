import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Breaker } from '#contracts/queue.ts'
import { Second } from '../../design/Second.tsx'
import { Time } from '../../design/Time.tsx'
import { count } from '../../design/words.ts'
import { AccountName } from '../../resources/AccountName.tsx'
import { QueueTable } from './QueueTable.tsx'

const looks = {
  open: { type: 'error', word: 'Open' },
  'half-open': { type: 'in-progress', word: 'Half-open: tried next' },
} as const

const columns: readonly TableProps.ColumnDefinition<Breaker>[] = [
  { id: 'service', header: 'Service', isRowHeader: true, cell: ({ service }) => service },
  { id: 'account', header: 'Account', cell: ({ account }) => <AccountName id={account} />, minWidth: 130 },
  { id: 'region', header: 'Region', cell: ({ region }) => region, minWidth: 125 },
  {
    id: 'state',
    header: 'State',
    minWidth: 200,
    cell: ({ state }) => <StatusIndicator type={looks[state].type}>{looks[state].word}</StatusIndicator>,
  },
  { id: 'since', header: 'Since', cell: ({ since }) => <Time iso={since} /> },
  { id: 'failures', header: 'Failures', cell: ({ failures }) => count(failures) },
  { id: 'next', header: 'Next try', cell: ({ nextProbeAt }) => <Time iso={nextProbeAt} form="absolute" /> },
  {
    id: 'error',
    header: 'Last error',
    cell: ({ lastError }) => (
      <>
        {lastError.code}
        <Second>{lastError.message}</Second>
      </>
    ),
    minWidth: 200,
  },
]

/** Services that don't answer. Tasks there wait; one try at a time finds out when they are back. */
export const BreakersTable = () => (
  <QueueTable
    title="Circuit breakers"
    what="open breakers"
    description="Services of an account and Region that do not answer. Tasks there wait and go on by themselves."
    rowsOf={({ breakers }) => breakers}
    columns={columns}
    rowId={({ account, region, service }) => `${account} ${region} ${service}`}
    textOf={({ account, region, service, lastError }) => `${account} ${region} ${service} ${lastError.code}`}
    nothing="Every service that was asked answers."
  />
)
