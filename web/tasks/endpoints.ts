import type { RolloutRequest } from '#contracts/bulk.ts'
import type { List } from '#contracts/list.ts'
import type { Item, Plan, Task, TaskRow } from '#contracts/task.ts'
import type { Targets } from '#contracts/resource.ts'
import { api } from '../api/api.ts'
import type { LiveEvent } from '#contracts/live.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import type { BreakGlassRequest, FiledTask } from '#contracts/task-request.ts'
import { rarelyChanges } from '../api/api.ts'

export type TaskFilter = {
  status?: string
  operation?: string
  q?: string
  requestedBy?: string
  account?: string
  region?: string
  cursor?: string
  limit?: number
}
export type PlanRequest = { operation: string; targets: Targets; params: Record<string, unknown> } & RolloutRequest
type Filing = {
  planHash: string
  reason?: string
  scheduledFor?: string
  breakGlass?: BreakGlassRequest
  idempotencyKey: string
}
type Decision = { id: string; planHash: string; confirmation?: string; reason?: string }
/** An event of a task's own log. */
export type TaskEvent = Pick<LiveEvent, 'type' | 'at' | 'data'>

const isLive = (id: string) => [
  { type: 'Task' as const, id },
  { type: 'TaskItems' as const, id },
  { type: 'TaskEvents' as const, id },
  'TaskList' as const,
]

export const taskApi = api.injectEndpoints({
  endpoints: (build) => ({
    listOperations: build.query<List<OperationInfo>, void>({
      query: () => ({ url: '/operations' }),
      providesTags: ['Operation'],
      keepUnusedDataFor: rarelyChanges,
    }),
    getOperation: build.query<OperationInfo, string>({
      query: (name) => ({ url: `/operations/${encodeURIComponent(name)}` }),
      keepUnusedDataFor: rarelyChanges,
    }),
    makePlan: build.mutation<Plan, PlanRequest>({ query: (body) => ({ url: '/plans', method: 'POST', body }) }),
    getPlan: build.query<Plan, string>({ query: (hash) => ({ url: `/plans/${hash}` }), keepUnusedDataFor: 600 }),
    fileTask: build.mutation<FiledTask, Filing>({
      query: ({ idempotencyKey, ...body }) => ({
        url: '/tasks',
        method: 'POST',
        body,
        headers: { 'idempotency-key': idempotencyKey },
      }),
      invalidatesTags: ['TaskList'],
    }),
    listTasks: build.query<List<TaskRow>, TaskFilter>({
      query: (query) => ({ url: '/tasks', query }),
      providesTags: ['TaskList'],
    }),
    /** How many tasks wait for an approval, for the side navigation. */
    awaitingCount: build.query<number, void>({
      query: () => ({ url: '/tasks', query: { status: 'awaiting_approval', limit: 1 } }),
      transformResponse: (list: unknown) => (list as List<TaskRow>).total.value,
      providesTags: ['TaskList'],
    }),
    /** Without the targets of its plan: it is read again with every event, and they never change. */
    getTask: build.query<Task, string>({
      query: (id) => ({ url: `/tasks/${id}`, query: { targets: 0 } }),
      providesTags: (_task, _error, id) => [{ type: 'Task', id }],
    }),
    getPlanTargets: build.query<Task['plan']['targets'], string>({
      query: (id) => ({ url: `/tasks/${id}` }),
      transformResponse: ({ plan }: Task) => plan.targets,
    }),
    listItems: build.query<List<Item>, { id: string; status?: string; cursor?: string; limit?: number }>({
      query: ({ id, ...query }) => ({ url: `/tasks/${id}/items`, query }),
      providesTags: (_items, _error, { id }) => [{ type: 'TaskItems', id }],
    }),
    listTaskEvents: build.query<List<TaskEvent>, string>({
      query: (id) => ({ url: `/tasks/${id}/events`, query: { limit: 200 } }),
      providesTags: (_events, _error, id) => [{ type: 'TaskEvents', id }],
    }),
    approveTask: build.mutation<FiledTask, Decision>({
      query: ({ id, ...body }) => ({ url: `/tasks/${id}/approve`, method: 'POST', body }),
      invalidatesTags: (_task, _error, { id }) => isLive(id),
    }),
    rejectTask: build.mutation<FiledTask, { id: string; reason?: string }>({
      query: ({ id, ...body }) => ({ url: `/tasks/${id}/reject`, method: 'POST', body }),
      invalidatesTags: (_task, _error, { id }) => isLive(id),
    }),
    /** What needs nothing but the task. */
    steerTask: build.mutation<FiledTask, { id: string; how: 'cancel' | 'pause' | 'resume' }>({
      query: ({ id, how }) => ({ url: `/tasks/${id}/${how}`, method: 'POST', body: {} }),
      invalidatesTags: (_task, _error, { id }) => isLive(id),
    }),
    /** A fresh plan of what had drifted. */
    replanTask: build.mutation<Plan, string>({
      query: (id) => ({ url: `/tasks/${id}/replan`, method: 'POST', body: {} }),
    }),
    retryTask: build.mutation<FiledTask, { id: string }>({
      query: ({ id }) => ({ url: `/tasks/${id}/retry`, method: 'POST', body: {} }),
      invalidatesTags: (_task, _error, { id }) => isLive(id),
    }),
    undoTask: build.mutation<FiledTask, { id: string; items?: string[]; reason?: string }>({
      query: ({ id, ...body }) => ({ url: `/tasks/${id}/undo`, method: 'POST', body }),
      invalidatesTags: (_task, _error, { id }) => isLive(id),
    }),
  }),
})

export const {
  useListOperationsQuery,
  useGetOperationQuery,
  useMakePlanMutation,
  useGetPlanQuery,
  useFileTaskMutation,
  useListTasksQuery,
  useAwaitingCountQuery,
  useGetPlanTargetsQuery,
  useGetTaskQuery,
  useListItemsQuery,
  useListTaskEventsQuery,
  useApproveTaskMutation,
  useRejectTaskMutation,
  useSteerTaskMutation,
  useReplanTaskMutation,
  useRetryTaskMutation,
  useUndoTaskMutation,
} = taskApi
