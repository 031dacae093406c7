import { z } from 'zod'
import {
  deadLetterDetailsSchema,
  deadLetterListSchema,
  deadLetterQuerySchema,
  dismissRequestSchema,
  requeueRequestSchema,
} from '#contracts/dead-letter.ts'
import { filedTaskSchema } from '#contracts/task-request.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Access } from '#security/access.ts'
import type { DeadLetters } from '../dead-letters/dead-letters.ts'
import { taskUrl } from './file-task.ts'

const paramsSchema = z.object({ id: z.string().max(64) })
const tags = ['dead letters']

/** What failed for a reason of the machinery, and what people decide about it. */
export const deadLettersHttp =
  ({ deadLetters, access }: { deadLetters: DeadLetters; access: Pick<Access, 'require'> }): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/dead-letters',
      config: { access: { action: 'task.read' } },
      schema: {
        tags,
        summary: 'Items that failed for a reason of the machinery, newest first; the open ones unless asked otherwise',
        querystring: deadLetterQuerySchema,
        response: { 200: deadLetterListSchema },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        deadLetters.list(filter, { limit, ...(cursor === undefined ? {} : { cursor }) }),
    })

    http.route({
      method: 'GET',
      url: '/dead-letters/:id',
      config: { access: { action: 'task.read' } },
      schema: {
        tags,
        summary: 'A dead letter with its item and steps',
        params: paramsSchema,
        response: { 200: deadLetterDetailsSchema },
      },
      handler: (request) => deadLetters.get(request.params.id),
    })

    http.route({
      method: 'POST',
      url: '/dead-letters/:id/requeue',
      config: { access: { action: 'task.create' } },
      schema: {
        tags,
        summary: 'File a new task for its target, planned anew and with all checks',
        params: paramsSchema,
        body: requeueRequestSchema,
        response: { 202: filedTaskSchema },
      },
      handler: async (request, reply) => {
        // Rights on the target are checked when the task is planned.
        const asker = { principal: request.principal, requestId: request.id }
        const filed = await deadLetters.requeue(asker, request.params.id, request.body)
        return reply.code(202).header('location', taskUrl(filed.id)).send(filed)
      },
    })

    http.route({
      method: 'POST',
      url: '/dead-letters/:id/dismiss',
      config: { access: { action: 'task.cancel' } },
      schema: {
        tags,
        summary: 'Say that nothing is to be done about it',
        params: paramsSchema,
        body: dismissRequestSchema,
        response: { 200: deadLetterDetailsSchema },
      },
      handler: async (request) => {
        const { principal, id: requestId, params } = request
        const { task_id: id, requested_by, operation } = await deadLetters.record(params.id)
        const resource = { type: 'Task', id, ownerId: requested_by.id, operation } as const
        await access.require(principal, 'task.cancel', resource, { requestId })
        return deadLetters.dismiss({ principal, requestId }, params.id, request.body.reason)
      },
    })
  }
