import type { Principal } from '#contracts/principal.ts'
import type { TaskStatus } from '#contracts/task.ts'
import { taskTransitions } from '#contracts/task.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { actorOf, appendAudit, systemActor } from '#security/audit.ts'
import { errors } from '../errors.ts'
import { statusEvent } from '../queue/task-events.ts'
import { lockTask } from '../store/control.ts'
import type { TaskRecord } from '../store/shapes.ts'

export type Decider = { db: Database; notifier: Notifier; now: () => Date }

export type Acting = { principal: Principal | null; taskId: string; reason?: string; requestId: string | null }

/**
 * The frame of everything that somebody decides about a task: under the row's lock, refused when the task is not in a
 * state for it, audited and published in the same transaction. `change` does the writing and returns the task after it.
 *
 * It locks the task before its items, as workers do when they record. Should two of them deadlock all the same, PostgreSQL
 * undoes one, and it is simply done again.
 */
export const decide = async (deps: Decider, acting: Acting, action: string, change: Change): Promise<TaskRecord> => {
  for (let tries = 1; ; tries++) {
    try {
      return await decideOnce(deps, acting, action, change)
    } catch (error) {
      if (!isDeadlock(error) || tries === mostTries) throw error
    }
  }
}

const mostTries = 5

type Change = (tx: Transaction, task: TaskRecord) => Promise<{ task: TaskRecord; details?: Record<string, unknown> }>

const isDeadlock = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '40P01'

const decideOnce = ({ db, notifier }: Decider, acting: Acting, action: string, change: Change): Promise<TaskRecord> =>
  db.transaction(async (tx) => {
    const before = await lockTask(tx, acting.taskId)
    if (before === undefined) throw await overOrUnknown(tx, acting.taskId, action)
    const { task, details } = await change(tx, before)
    await appendAudit(tx, [
      {
        actor: acting.principal === null ? systemActor : actorOf(acting.principal),
        action,
        subject: { type: 'Task', id: task.id },
        outcome: 'succeeded',
        requestId: acting.requestId,
        details: {
          operation: task.operation,
          from: before.status,
          to: task.status,
          reason: acting.reason ?? null,
          ...details,
        },
      },
    ])
    await appendEvents(tx, [statusEvent(task)])
    tx.afterCommit(() => {
      notifier.nudge('events')
      notifier.nudge('tasks')
    })
    return task
  })

/** Refuses a transition that the table of the state machine doesn't have. */
export const requireTransition = (task: TaskRecord, to: TaskStatus, verb: string): void => {
  if (!taskTransitions[task.status].includes(to)) throw wrongState(task, verb)
}

export const wrongState = (task: Pick<TaskRecord, 'id' | 'status'>, verb: string) =>
  errors.task_state(`Task ${task.id} is ${task.status.replaceAll('_', ' ')}: it can't be ${verb}.`)

const overOrUnknown = async (tx: Transaction, id: string, action: string) => {
  const [row] = await tx.query<{ id: string; status: TaskStatus }>({
    text: 'select id, status from tasks_finished where id = $1',
    values: [id],
  })
  return row ? wrongState(row, `changed by ${action}`) : errors.task_not_found(`There is no task "${id}".`)
}
