import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import type { QueueState } from '#contracts/queue.ts'
import { Second } from '../../design/Second.tsx'
import { Time } from '../../design/Time.tsx'
import { QueueTable } from './QueueTable.tsx'

type Stuck = QueueState['stuck'][number]

const columns: readonly TableProps.ColumnDefinition<Stuck>[] = [
  {
    id: 'task',
    header: 'Task',
    isRowHeader: true,
    cell: ({ task }) => <Link href={`/tasks/${task}`}>{`Task ${task.slice(0, 8)}`}</Link>,
    minWidth: 130,
  },
  { id: 'since', header: 'Stuck since', cell: ({ since }) => <Time iso={since} form="both" />, minWidth: 180 },
  { id: 'why', header: 'Why', cell: ({ why }) => why, minWidth: 200 },
  {
    id: 'advice',
    header: 'What to do',
    cell: ({ task }) => (
      <>
        See which step its targets stand at, and the circuit breakers and workers below.
        <Second>
          It goes on by itself when the cause is gone; what has not begun can be{' '}
          <Link href={`/tasks/${task}`} fontSize="body-s">
            cancelled
          </Link>
          .
        </Second>
      </>
    ),
    minWidth: 240,
  },
]

/** Tasks that take no step for much longer than their plan expects. Nothing is done to them: whoever looks decides. */
export const StuckTable = () => (
  <QueueTable
    title="Stuck tasks"
    what="stuck tasks"
    description="Tasks that make no progress for three times what their plan expects, the longest first. One alert tells of all."
    rowsOf={({ stuck }) => stuck}
    columns={columns}
    rowId={({ task }) => task}
    textOf={({ task, why }) => `${task} ${why}`}
    nothing="Every task that may move does."
  />
)
