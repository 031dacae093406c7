import type { RunAfter } from '#contracts/bulk.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import type { LiveEvent } from '#contracts/live.ts'
import type { Principal } from '#contracts/principal.ts'
import type { QueueState } from '#contracts/queue.ts'
import type { Item, ItemStatus, Plan, Task, TaskRow } from '#contracts/task.ts'
import type { BreakGlassRequest, FiledTask, TaskFilter } from '#contracts/task-request.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Retrying } from '../control/retry.ts'
import type { StoredPlan } from '../plan.ts'

export type Idempotency = { key: string; bodyHash: string }
export type TaskEvent = Pick<LiveEvent, 'type' | 'at' | 'data'> & Partial<Pick<LiveEvent, 'cursor' | 'topic'>>

type Acting = { principal: Principal; taskId: string; reason?: string; requestId: string }

/** What the routes need of the task service. */
export type TaskService = {
  file: (input: {
    principal: Principal
    stored: StoredPlan
    reason: string | null
    priority: number
    scheduledFor?: Date | null
    /** Without approvals, delay and freezes; that it may be, the caller has asked. */
    breakGlass?: BreakGlassRequest
    runAfter?: readonly RunAfter[]
    idempotency?: Idempotency
    requestId: string | null
    /** Written in the transaction of the task; the task is not filed where it throws. */
    also?: (sql: Sql, taskId: string) => Promise<void>
  }) => Promise<FiledTask & { isNew: boolean }>
  /**
   * What an earlier request with this key was answered, or null. Asked before planning: by now the plan may be another.
   * Throws `idempotency_conflict` when its body was another.
   */
  replay: (input: { principal: Principal; idempotency: Idempotency }) => Promise<FiledTask | null>
  approve: (input: Acting & { planHash: string; confirmation?: string }) => Promise<void>
  reject: (input: Acting & { planHash?: string }) => Promise<void>
  cancel: (input: Acting) => Promise<void>
  pause: (input: Acting) => Promise<void>
  resume: (input: Acting) => Promise<void>
  undo: (input: Acting & { items?: string[] }) => Promise<FiledTask>
  replan: (input: Acting) => Promise<Plan>
  retry: (input: Retrying) => Promise<FiledTask>
  /** With so many of its plan's targets, in their order; all of them when it isn't said. */
  get: (taskId: string, options?: { targets?: number }) => Promise<Task | null>
  list: (filter: TaskFilter, page: PageQuery) => Promise<List<TaskRow>>
  items: (taskId: string, page: PageQuery & { status?: ItemStatus[] }) => Promise<List<Item>>
  events: (taskId: string, page: PageQuery) => Promise<List<TaskEvent>>
  queue: () => Promise<QueueState>
}
