import { isFinal } from '#contracts/task.ts'
import type { Task, TaskRow } from '#contracts/task.ts'
import { Time } from '../design/Time.tsx'
import { duration } from '../design/times.ts'
import { useNow } from '../design/use-now.ts'
import { rateWords, waveOf } from './rollout-words.ts'

type Expecting = Pick<TaskRow, 'status' | 'expectedEndAt'>

/** How long it still takes, counting down between two answers of the server. */
export const Remaining = ({ task: { status, expectedEndAt } }: { task: Expecting }) => {
  const now = useNow(1)
  if (expectedEndAt === null || isFinal(status)) return <>–</>
  const seconds = (Date.parse(expectedEndAt) - now) / 1000
  return <>{seconds < 1 ? 'any moment' : duration(Math.ceil(seconds))}</>
}

/** Under the bar of a task's progress: its wave, how fast targets end, and when it will be over. */
export const ExpectedEnd = ({ task }: { task: Task }) => {
  const { status, startedAt, expectedEndAt, itemsPerSecond } = task
  const isRunning = startedAt !== null && (status === 'running' || status === 'waiting')
  const parts = [waveOf(task.waves ?? []), rateWords(itemsPerSecond)].filter((part) => part !== '')
  const facts = parts.map((part) => `${part} · `).join('')
  if (expectedEndAt === null) return isRunning ? <>{facts}later than planned, its end is not known</> : null
  return (
    <>
      {facts}
      <Remaining task={task} /> left, to end <Time iso={expectedEndAt} form="absolute" />
    </>
  )
}
