import type { TaskWebhookEvent } from '#contracts/alert.ts'

/** An event of a task as it stands in the event log, as far as it is looked at. */
export type LoggedTaskEvent = {
  type: string
  data: {
    id: string
    status: string
    progress?: { total?: number; cancelled?: number; drifted?: number }
  }
}

/** What was told of a task before. */
export type ToldState = { isStarted: boolean; hasDrifted: boolean }
export const nothingTold: ToldState = { isStarted: false, hasDrifted: false }

const final = new Set(['succeeded', 'partly_failed', 'failed', 'cancelled', 'rejected', 'expired'])
const begun = new Set(['running', 'waiting', 'compensating', 'succeeded', 'partly_failed', 'failed'])

/**
 * What is new about a task, in the order in which it is told: the log says how a task is, and a task may begin, drift and end
 * between two looks.
 */
export const newsOf = (
  event: LoggedTaskEvent,
  told: ToldState,
): { news: TaskWebhookEvent[]; state: ToldState; isOver: boolean } => {
  const { status, progress } = event.data
  if (event.type === 'task.created') {
    const news: TaskWebhookEvent[] = ['task.created']
    if (status === 'awaiting_approval') news.push('task.awaiting_approval')
    return { news, state: told, isOver: false }
  }
  const hasBegun = begun.has(status) || (status === 'cancelled' && (progress?.cancelled ?? 0) < (progress?.total ?? 0))
  const hasDrifted = (progress?.drifted ?? 0) > 0
  const news: TaskWebhookEvent[] = []
  if (hasBegun && !told.isStarted) news.push('task.started')
  if (hasDrifted && !told.hasDrifted) news.push('task.drifted')
  if (status === 'expired') news.push('task.approval_expired')
  if (final.has(status)) news.push('task.finished')
  if (status === 'failed' || status === 'partly_failed') news.push('task.failed')
  return {
    news,
    state: { isStarted: told.isStarted || hasBegun, hasDrifted: told.hasDrifted || hasDrifted },
    isOver: final.has(status),
  }
}
