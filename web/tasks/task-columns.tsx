import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import type { TaskRow } from '#contracts/task.ts'
import { Time } from '../design/Time.tsx'
import { Remaining } from './ExpectedEnd.tsx'
import { Risk } from './Risk.tsx'
import { TaskStatus } from './TaskStatus.tsx'
import { progressWords } from './task-status.ts'

export const taskColumns: TableProps.ColumnDefinition<TaskRow>[] = [
  {
    id: 'operation',
    header: 'Task',
    isRowHeader: true,
    cell: ({ id, operation, undoOf, breakGlass }) => (
      <>
        <Link href={`/tasks/${id}`}>{operation}</Link>
        {undoOf !== undefined && (
          <Box fontSize="body-s" color="text-body-secondary" display="inline">
            {' '}
            (undo)
          </Box>
        )}
        {breakGlass !== undefined && (
          <>
            {' '}
            <Badge color="red">break-glass</Badge>
          </>
        )}
      </>
    ),
  },
  { id: 'status', header: 'Status', cell: ({ status }) => <TaskStatus status={status} /> },
  { id: 'progress', header: 'Progress', cell: ({ progress }) => progressWords(progress) },
  { id: 'remaining', header: 'Remaining', cell: (task) => <Remaining task={task} /> },
  { id: 'risk', header: 'Risk', cell: ({ plan }) => <Risk risk={plan.risk} /> },
  { id: 'requestedBy', header: 'Requested by', cell: ({ requestedBy }) => requestedBy.email },
  { id: 'reason', header: 'Reason', cell: ({ reason }) => reason ?? '–', maxWidth: 320 },
  { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <Time iso={createdAt} /> },
]
