import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Steps from '@cloudscape-design/components/steps'
import type { StepsProps } from '@cloudscape-design/components/steps'
import { z } from 'zod'
import { itemStatusSchema, taskStatusSchema } from '#contracts/task.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { valueWords } from '../design/words.ts'
import { useListTaskEventsQuery } from './endpoints.ts'
import type { TaskEvent } from './endpoints.ts'
import { countersSchema, itemLook, progressWords, statusInSentence, taskLook } from './task-status.ts'

/** What happened to the task, in its order. */
export const TaskTimeline = ({ id }: { id: string }) => {
  const { data, error, refetch } = useListTaskEventsQuery(id)
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <PageLoading />
  if (data.items.length === 0) return <Box color="text-body-secondary">Nothing has happened yet.</Box>
  return (
    <Container>
      <Steps ariaLabel="Timeline of the task" steps={data.items.map(stepOf)} />
    </Container>
  )
}

const stepOf = ({ type, at, data }: TaskEvent): StepsProps.Step => {
  const fields: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  const status = taskStatusSchema.safeParse(fields['status'])
  const progress = countersSchema.safeParse(fields['progress'])
  const moved = movedWords(fields['items'])
  return {
    status: status.success ? taskLook(status.data).type : 'info',
    header: status.success ? `${typeWords(type)}: ${statusInSentence(status.data)}` : typeWords(type),
    details: (
      <Second>
        <Time iso={at} form="both" />
        {progress.success && <div>{progressWords(progress.data)}</div>}
        {moved !== '' && <div>{moved}</div>}
        {typeof fields['by'] === 'object' && fields['by'] !== null && 'email' in fields['by'] && (
          <div>By {valueWords(fields['by'].email)}</div>
        )}
        {typeof fields['reason'] === 'string' && <div>{fields['reason']}</div>}
      </Second>
    ),
  }
}

const movedSchema = z.array(z.object({ status: itemStatusSchema }))

/** What moved in one event, counted: "3 × waiting for AWS". */
const movedWords = (items: unknown): string => {
  const counts = new Map<string, number>()
  for (const { status } of movedSchema.safeParse(items).data ?? []) {
    const { word } = itemLook(status)
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return [...counts].map(([word, number]) => `${number} × ${word.charAt(0).toLowerCase()}${word.slice(1)}`).join(', ')
}

/** "task.approved" -> "Task approved". */
const typeWords = (type: string): string => {
  const words = type.replaceAll(/[._-]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
