import type { TableProps } from '@cloudscape-design/components/table'
import type { QueueState } from '#contracts/queue.ts'
import { Copy } from '../../design/Copy.tsx'
import { Time } from '../../design/Time.tsx'
import { count } from '../../design/words.ts'
import { QueueTable } from './QueueTable.tsx'

type Worker = QueueState['workers'][number]

const columns: readonly TableProps.ColumnDefinition<Worker>[] = [
  { id: 'process', header: 'Process', isRowHeader: true, cell: ({ host, pid }) => `${host}, ${pid}` },
  { id: 'id', header: 'Id', cell: ({ id }) => <Copy text={id} what="id" /> },
  { id: 'items', header: 'Items in hand', cell: ({ items }) => count(items) },
  { id: 'started', header: 'Started', cell: ({ startedAt }) => <Time iso={startedAt} /> },
  { id: 'lease', header: 'Lease until', cell: ({ leaseUntil }) => <Time iso={leaseUntil} form="absolute" /> },
]

/** Worker processes whose lease is alive. */
export const WorkersTable = () => (
  <QueueTable
    title="Workers"
    what="workers"
    description="Processes that execute tasks. When the lease of one runs out, the others take over its items."
    rowsOf={({ workers }) => workers}
    columns={columns}
    rowId={({ id }) => id}
    textOf={({ id, host, pid }) => `${id} ${host} ${pid}`}
    nothing="No process with the role worker runs: tasks wait until one does."
  />
)
