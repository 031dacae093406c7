import type { AuditEntry } from '#security/audit.ts'
import { systemActor } from '#security/audit.ts'
import { isFinal } from '#contracts/task.ts'
import type { CountedTask } from '../store/count-tasks.ts'
import type { TaskRecord } from '../store/shapes.ts'
import { countersOf } from './task-events.ts'

/** What the engine did by itself: tasks that began and tasks that ended. Waiting in between is not a decision. */
export const auditOfEngine = (started: readonly TaskRecord[], counted: readonly CountedTask[]): AuditEntry[] => [
  ...started.map((task) => entry(task, 'task.start', 'succeeded')),
  ...counted
    .filter((task) => isFinal(task.status))
    .map((task) => entry(task, 'task.finish', task.status === 'succeeded' ? 'succeeded' : 'failed')),
]

const entry = (task: TaskRecord, action: string, outcome: 'succeeded' | 'failed'): AuditEntry => ({
  actor: systemActor,
  action,
  subject: { type: 'Task', id: task.id },
  outcome,
  details: {
    operation: task.operation,
    status: task.status,
    requestedBy: task.requested_by.email,
    ...(isFinal(task.status) ? { progress: countersOf(task) } : {}),
  },
})
