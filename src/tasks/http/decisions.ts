import type { Access } from '#security/access.ts'
import {
  approveRequestSchema,
  controlRequestSchema,
  filedTaskSchema,
  rejectRequestSchema,
  retryRequestSchema,
  undoRequestSchema,
} from '#contracts/task-request.ts'
import { planSchema } from '#contracts/task.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import type { Principal } from '#contracts/principal.ts'
import type { HttpService } from '#platform/http/service.ts'
import { taskUrl } from './file-task.ts'
import { requireTask, taskParamsSchema } from './tasks.ts'
import type { TaskService } from './task-service.ts'

/** What people decide about a filed task: approve, reject, cancel, pause, resume, undo, retry. */
export const decisionRoutes =
  ({ tasks, access }: { tasks: TaskService; access: Pick<Access, 'require'> }): HttpService =>
  (http) => {
    const inputOf = (
      request: { principal: Principal; params: { id: string }; id: string },
      body: { reason?: string | undefined } | null | undefined,
    ) => ({
      principal: request.principal,
      taskId: request.params.id,
      requestId: request.id,
      ...(body?.reason === undefined ? {} : { reason: body.reason }),
    })

    const stateOf = async (taskId: string): Promise<FiledTask> => {
      const task = await tasks.get(taskId, { targets: 0 })
      // It was there a moment ago, and tasks are never deleted while someone decides about them.
      return { id: taskId, status: task!.status, planHash: task!.plan.planHash }
    }

    http.route({
      method: 'POST',
      url: '/tasks/:id/approve',
      config: { access: { action: 'task.approve' } },
      schema: {
        tags: ['tasks'],
        summary: 'Approve the plan with this hash',
        params: taskParamsSchema,
        body: approveRequestSchema,
        response: { 200: filedTaskSchema },
      },
      handler: async (request) => {
        const { planHash, confirmation } = request.body
        await requireTask({ tasks, access }, request, 'task.approve')
        await tasks.approve({
          ...inputOf(request, request.body),
          planHash,
          ...(confirmation === undefined ? {} : { confirmation }),
        })
        return stateOf(request.params.id)
      },
    })

    http.route({
      method: 'POST',
      url: '/tasks/:id/reject',
      config: { access: { action: 'task.approve' } },
      schema: {
        tags: ['tasks'],
        summary: 'Reject a task that awaits approval',
        params: taskParamsSchema,
        body: rejectRequestSchema.nullish(),
        response: { 200: filedTaskSchema },
      },
      handler: async (request) => {
        const planHash = request.body?.planHash
        await requireTask({ tasks, access }, request, 'task.approve')
        await tasks.reject({ ...inputOf(request, request.body), ...(planHash === undefined ? {} : { planHash }) })
        return stateOf(request.params.id)
      },
    })

    const summaries = {
      cancel: 'Cancel: what has begun is finished or taken back, the rest is not begun',
      pause: 'Pause: nothing more is begun until it is resumed',
      resume: 'Go on with a paused task',
    } as const
    for (const verb of ['cancel', 'pause', 'resume'] as const) {
      http.route({
        method: 'POST',
        url: `/tasks/:id/${verb}`,
        config: { access: { action: 'task.cancel' } },
        schema: {
          tags: ['tasks'],
          summary: summaries[verb],
          params: taskParamsSchema,
          body: controlRequestSchema,
          response: { 200: filedTaskSchema },
        },
        handler: async (request) => {
          await requireTask({ tasks, access }, request, 'task.cancel')
          await tasks[verb](inputOf(request, request.body))
          return stateOf(request.params.id)
        },
      })
    }

    http.route({
      method: 'POST',
      url: '/tasks/:id/replan',
      config: { access: { action: 'task.create' } },
      schema: {
        tags: ['tasks'],
        summary: 'A fresh plan for the targets of a finished task that had drifted',
        params: taskParamsSchema,
        body: controlRequestSchema,
        response: { 201: planSchema },
      },
      handler: async (request, reply) => {
        await requireTask({ tasks, access }, request, 'task.read')
        const plan = await tasks.replan(inputOf(request, request.body))
        return reply.code(201).header('location', plan.links.self).send(plan)
      },
    })

    http.route({
      method: 'POST',
      url: '/tasks/:id/undo',
      config: { access: { action: 'task.create' } },
      schema: {
        tags: ['tasks'],
        summary: 'File the task that takes this one back, for all its items or some',
        params: taskParamsSchema,
        body: undoRequestSchema,
        response: { 202: filedTaskSchema },
      },
      handler: async (request, reply) => {
        const items = request.body?.items
        // Rights on the targets are checked when the undo is planned.
        await requireTask({ tasks, access }, request, 'task.read')
        const filed = await tasks.undo({ ...inputOf(request, request.body), ...(items === undefined ? {} : { items }) })
        return reply.code(202).header('location', taskUrl(filed.id)).send(filed)
      },
    })

    http.route({
      method: 'POST',
      url: '/tasks/:id/retry',
      config: { access: { action: 'task.create' } },
      schema: {
        tags: ['tasks'],
        summary: 'File a task that tries again what failed of this one',
        params: taskParamsSchema,
        body: retryRequestSchema,
        response: { 202: filedTaskSchema },
      },
      handler: async (request, reply) => {
        const { items, statuses, repeatEffect } = request.body ?? {}
        // Rights on the targets are checked when the retry is planned.
        await requireTask({ tasks, access }, request, 'task.read')
        const filed = await tasks.retry({
          ...inputOf(request, request.body),
          ...(items === undefined ? {} : { items }),
          ...(statuses === undefined ? {} : { statuses }),
          ...(repeatEffect === undefined ? {} : { repeatEffect }),
        })
        return reply.code(202).header('location', taskUrl(filed.id)).send(filed)
      },
    })
  }
