import { z } from 'zod'
import type { Access } from '#security/access.ts'
import { listOf, pageQuerySchema } from '#contracts/list.ts'
import { liveEventSchema } from '#contracts/live.ts'
import type { Principal } from '#contracts/principal.ts'
import { queueStateSchema } from '#contracts/queue.ts'
import { itemListSchema, itemStatusSchema, taskListSchema, taskSchema } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import { taskFilterSchema } from '#contracts/task-request.ts'
import { isUuid } from '#platform/ids.ts'
import type { HttpService } from '#platform/http/service.ts'
import { errors } from '../errors.ts'
import type { TaskService } from './task-service.ts'

export const taskParamsSchema = z.object({ id: z.string().max(2048) })

/**
 * The task that a request is about, when the principal may do `action` to it. Throws `task_not_found`, also for an id that
 * can't be one of ours, or `forbidden`.
 */
export const requireTask = async (
  deps: { tasks: Pick<TaskService, 'get'>; access: Pick<Access, 'require'> },
  request: { principal: Principal; params: { id: string }; id: string },
  action: 'task.read' | 'task.approve' | 'task.cancel',
  /** Of the plan; there are thousands of them, and few ask. */
  targets = 0,
): Promise<Task> => {
  const { principal, params, id: requestId } = request
  const { id } = params
  const task = isUuid(id) ? await deps.tasks.get(id, { targets }) : null
  if (task === null) throw errors.task_not_found(`There is no task "${id}".`)
  const resource = {
    type: 'Task',
    id,
    ownerId: task.requestedBy.id,
    operation: task.operation,
    risk: task.plan.risk,
  } as const
  await deps.access.require(principal, action, resource, { requestId })
  return task
}

const itemQuerySchema = pageQuerySchema.extend({
  status: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((given) => (given === undefined ? undefined : [given].flat().flatMap((text) => text.split(','))))
    .pipe(z.array(itemStatusSchema).max(20).optional()),
})

/** Reading tasks: GET /tasks, /tasks/:id, its items and events, and /queue. */
export const taskRoutes =
  ({ tasks, access }: { tasks: TaskService; access: Pick<Access, 'require'> }): HttpService =>
  (http) => {
    const config = { access: { action: 'task.read' } }

    http.route({
      method: 'GET',
      url: '/tasks',
      config,
      schema: {
        tags: ['tasks'],
        summary: 'Tasks, newest first',
        querystring: taskFilterSchema.extend(pageQuerySchema.shape),
        response: { 200: taskListSchema },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        tasks.list(filter, { limit, ...(cursor === undefined ? {} : { cursor }) }),
    })

    http.route({
      method: 'GET',
      url: '/tasks/:id',
      config,
      schema: {
        tags: ['tasks'],
        summary: 'A task: plan, progress, approvals, undo',
        params: taskParamsSchema,
        querystring: z.object({
          targets: z.coerce
            .number()
            .int()
            .min(0)
            .max(10_000)
            .default(10_000)
            .describe(
              "So many of the plan's targets are in the answer, in the order of the plan: all when left out. " +
                '`progress.total` is their number; /tasks/:id/items has them page by page',
            ),
        }),
        response: { 200: taskSchema },
      },
      handler: (request) => requireTask({ tasks, access }, request, 'task.read', request.query.targets),
    })

    http.route({
      method: 'GET',
      url: '/tasks/:id/items',
      config,
      schema: {
        tags: ['tasks'],
        summary: 'What happened to each target, step by step',
        params: taskParamsSchema,
        querystring: itemQuerySchema,
        response: { 200: itemListSchema },
      },
      handler: async (request) => {
        await requireTask({ tasks, access }, request, 'task.read')
        const { limit, cursor, status } = request.query
        return tasks.items(request.params.id, {
          limit,
          ...(cursor === undefined ? {} : { cursor }),
          ...(status === undefined ? {} : { status }),
        })
      },
    })

    http.route({
      method: 'GET',
      url: '/tasks/:id/events',
      config,
      schema: {
        tags: ['tasks'],
        summary: 'The events of a task, oldest first',
        params: taskParamsSchema,
        querystring: pageQuerySchema,
        response: { 200: listOf(liveEventSchema.partial({ cursor: true, topic: true })) },
      },
      handler: async (request) => {
        await requireTask({ tasks, access }, request, 'task.read')
        const { limit, cursor } = request.query
        return tasks.events(request.params.id, { limit, ...(cursor === undefined ? {} : { cursor }) })
      },
    })

    http.route({
      method: 'GET',
      url: '/queue',
      config: { access: { action: 'queue.read' } },
      schema: {
        tags: ['tasks'],
        summary: 'How much is queued, running and waiting, which workers are alive, and how the quotas of AWS stand',
        response: { 200: queueStateSchema },
      },
      handler: () => tasks.queue(),
    })
  }
