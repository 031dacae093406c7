import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { isFinal } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import { Copy } from '../design/Copy.tsx'
import { Time } from '../design/Time.tsx'
import { duration } from '../design/times.ts'
import { useNow } from '../design/use-now.ts'
import { ExpectedEnd } from './ExpectedEnd.tsx'
import { undoShort } from './plan-words.ts'
import { Risk } from './Risk.tsx'
import { doneShare, progressWords } from './task-status.ts'
import { TaskStatus } from './TaskStatus.tsx'
import { TaskRelatives, TaskWaves } from './TaskWaves.tsx'

/** Status, progress and the facts of a task at one glance. */
export const TaskOverview = ({ task }: { task: Task }) => {
  const { progress, status } = task
  return (
    <Container header={<Header variant="h2">Progress</Header>}>
      <SpaceBetween size="l">
        <div>
          <div role="status" aria-label="Status of the task">
            <TaskStatus status={status} />
          </div>
          {isFinal(status) ? (
            <Box color="text-body-secondary">{progressWords(progress)}</Box>
          ) : (
            <ProgressBar
              value={doneShare(progress)}
              description={progressWords(progress)}
              additionalInfo={<ExpectedEnd task={task} />}
              ariaLabel="Progress of the task"
            />
          )}
        </div>
        <TaskWaves task={task} />
        <TaskRelatives task={task} />
        <KeyValuePairs
          columns={4}
          minColumnWidth={180}
          items={[
            { label: 'Requested by', value: task.requestedBy.email },
            { label: 'Created', value: <Time iso={task.createdAt} /> },
            { label: 'Started', value: <Time iso={task.startedAt} /> },
            { label: isFinal(status) ? 'Duration' : 'Running for', value: <Elapsed task={task} /> },
            { label: 'Risk', value: <Risk risk={task.plan.risk} isLong /> },
            { label: 'Undo', value: undoShort(task.plan.undo) },
            { label: 'Steps', value: task.steps.map(({ name }) => name).join(' → ') || '–' },
            { label: 'Task id', value: <Copy text={task.id} what="task id" /> },
          ]}
        />
      </SpaceBetween>
    </Container>
  )
}

const Elapsed = ({ task: { startedAt, finishedAt } }: { task: Task }) => {
  const now = useNow(1)
  if (startedAt === null) return <>–</>
  const end = finishedAt === null ? now : Date.parse(finishedAt)
  return <>{duration(Math.max(0, (end - Date.parse(startedAt)) / 1000))}</>
}
