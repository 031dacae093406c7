import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import { taskStatusSchema } from '#contracts/task.ts'
import { ProblemAlert } from '../../design/ProblemAlert.tsx'
import { count } from '../../design/words.ts'
import { statusWord } from '../task-status.ts'
import { useGetQueueQuery } from './endpoints.ts'

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, each) => total + each, 0)

/** How long the oldest item waits for a worker, as people say it. */
export const waitWords = (seconds: number): string =>
  seconds < 1 ? 'none waits' : seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`

/** The queue in a few numbers. */
export const QueueCounts = () => {
  const { data, error, refetch } = useGetQueueQuery()
  const tasks = Object.entries(data?.tasks ?? {}).map(([status, value]) => {
    const known = taskStatusSchema.safeParse(status)
    return `${count(value)} ${(known.success ? statusWord(known.data) : status).toLowerCase()}`
  })
  const item = (status: string): string => count(data?.items[status] ?? 0)
  return (
    <Container header={<Header variant="h2">Right now</Header>}>
      {error !== undefined && data === undefined ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : (
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Tasks that are not over', value: data ? tasks.join(', ') || 'none' : '–' },
            {
              label: 'Their items',
              value: data
                ? sum(data.items) === 0
                  ? 'none'
                  : `${item('pending')} pending, ${item('running')} running, ${item('waiting')} waiting for AWS`
                : '–',
            },
            { label: 'Oldest item that could run', value: data ? waitWords(data.oldestDueSeconds) : '–' },
            { label: 'Workers', value: data ? count(data.workers.length) : '–' },
          ]}
        />
      )}
    </Container>
  )
}
