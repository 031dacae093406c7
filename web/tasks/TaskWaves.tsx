import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { WaveState } from '#contracts/bulk.ts'
import type { Task } from '#contracts/task.ts'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { counted } from '../design/words.ts'
import { budgetWords } from './rollout-words.ts'

const looks: Record<WaveState['status'], { type: StatusIndicatorProps.Type; word: string }> = {
  held: { type: 'pending', word: 'held' },
  running: { type: 'in-progress', word: 'running' },
  soaking: { type: 'in-progress', word: 'soaking' },
  over: { type: 'success', word: 'over' },
}

/** How far the waves of a task are, what its error budget still allows and what its alarms say; nothing where there is none. */
export const TaskWaves = ({ task }: { task: Task }) => {
  const { waves, soakUntil, budget, watch } = task
  if (waves === undefined && budget === undefined && watch === undefined) return null
  return (
    <SpaceBetween size="xs">
      {waves !== undefined && (
        <div>
          <Box variant="awsui-key-label">Waves</Box>
          <SpaceBetween direction="horizontal" size="l">
            {waves.map(({ size, status }, index) => (
              <StatusIndicator key={index} type={looks[status].type}>
                {`${index + 1}: ${counted(size, 'target')}, ${looks[status].word}`}
              </StatusIndicator>
            ))}
          </SpaceBetween>
          {soakUntil !== undefined && (
            <Second>
              The next wave begins <Time iso={soakUntil} />
            </Second>
          )}
        </div>
      )}
      {budget !== undefined && (
        <div>
          <Box variant="awsui-key-label">Error budget</Box>
          {`${budgetWords(budget.limit, budget.onBudget)}; ${budget.failed} failed, ${budget.most} may so far`}
          {budget.undoProblem !== null && (
            <StatusIndicator type="warning">{`It could not be taken back: ${budget.undoProblem}`}</StatusIndicator>
          )}
        </div>
      )}
      {watch !== undefined && <TaskWatch watch={watch} isOver={task.finishedAt !== null} />}
    </SpaceBetween>
  )
}

const TaskWatch = ({ watch, isOver }: { watch: NonNullable<Task['watch']>; isOver: boolean }) => (
  <div>
    <Box variant="awsui-key-label">Alarms</Box>
    {watch.pausedBy !== null ? (
      <StatusIndicator type="warning">{`Paused: ${watch.pausedBy}`}</StatusIndicator>
    ) : watch.problem !== null && !isOver ? (
      <StatusIndicator type="warning">{`They could not be read (${watch.problem}); trying again`}</StatusIndicator>
    ) : (
      <>
        {counted(watch.alarms.length, 'alarm')} watched
        {watch.quietAt !== null && (
          <>
            , quiet <Time iso={watch.quietAt} />
          </>
        )}
      </>
    )}
  </div>
)

/** The tasks that this one waits for, that wait for it, and that it tries again or is tried again by. */
export const TaskRelatives = ({ task }: { task: Task }) => {
  const groups: [string, string[]][] = [
    ['Runs after', (task.runAfter ?? []).map((one) => one.task)],
    ['Is followed by', (task.followedBy ?? []).map((one) => one.task)],
    ['Tries again', task.retryOf === undefined ? [] : [task.retryOf]],
    ['Was tried again by', (task.retries ?? []).map((one) => one.task)],
  ]
  return (
    <>
      {groups
        .filter(([, ids]) => ids.length > 0)
        .map(([word, ids]) => (
          <Box key={word}>
            {word}{' '}
            {ids.map((id, index) => (
              <span key={id}>
                {index > 0 && ', '}
                <Link href={`/tasks/${id}`}>task {id.slice(-8)}</Link>
              </span>
            ))}
          </Box>
        ))}
    </>
  )
}
