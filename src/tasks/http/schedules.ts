import { z } from 'zod'
import type { Principal } from '#contracts/principal.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import {
  newScheduleSchema,
  scheduleChangesSchema,
  scheduleDecisionSchema,
  scheduleListSchema,
  schedulePreviewRequestSchema,
  schedulePreviewSchema,
  scheduleQuerySchema,
  scheduleRunListSchema,
  scheduleRunSchema,
  scheduleSchema,
  standingApprovalRequestSchema,
} from '#contracts/schedule.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Access } from '#security/access.ts'
import type { Asker, Schedules } from '../schedules/schedules.ts'

const paramsSchema = z.object({ id: z.string().max(64) })
const tags = ['schedules']
const read = { access: { action: 'schedule.read' } }
const manage = { access: { action: 'schedule.manage' } }
const approve = { access: { action: 'task.approve' } }

type Request = { principal: Principal; params: { id: string }; id: string }

/** Schedules: what runs by itself, when, and what became of it. */
export const schedulesHttp = (deps: { schedules: Schedules; access: Pick<Access, 'require'> }): HttpService => {
  const { schedules, access } = deps

  /** Whose schedule it is decides who may change it; operation and risk who may approve it. */
  const asking = async (request: Request, action: 'schedule.manage' | 'task.approve'): Promise<Asker> => {
    const { id, owner, operation } = await schedules.record(request.params.id)
    const resource = { type: 'Schedule', id, ownerId: owner.id, operation } as const
    await access.require(request.principal, action, resource, { requestId: request.id })
    return askerOf(request)
  }
  const mayFile = (request: Omit<Request, 'params'>): Promise<void> =>
    access.require(request.principal, 'task.create', undefined, { requestId: request.id })

  return (http) => {
    http.route({
      method: 'GET',
      url: '/schedules',
      config: read,
      schema: {
        tags,
        summary: 'Schedules, newest first',
        querystring: scheduleQuerySchema,
        response: { 200: scheduleListSchema },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        schedules.list(filter, { limit, ...(cursor === undefined ? {} : { cursor }) }),
    })

    http.route({
      method: 'POST',
      url: '/schedules',
      config: manage,
      schema: {
        tags,
        summary: 'Have an operation run by itself, by a cron expression or once',
        body: newScheduleSchema,
        response: { 201: scheduleSchema },
      },
      handler: async (request, reply) => {
        await mayFile(request)
        const created = await schedules.create(askerOf(request), request.body)
        return reply
          .code(201)
          .header('location', created.links['self'] ?? '')
          .send(created)
      },
    })

    http.route({
      method: 'POST',
      url: '/schedules/preview',
      config: read,
      schema: {
        tags,
        summary: 'When a schedule with these times would run next',
        body: schedulePreviewRequestSchema,
        response: { 200: schedulePreviewSchema },
      },
      handler: async (request) => ({ runs: schedules.preview(request.body) }),
    })

    http.route({
      method: 'GET',
      url: '/schedules/:id',
      config: read,
      schema: {
        tags,
        summary: 'A schedule with its next runs and its standing approval',
        params: paramsSchema,
        response: { 200: scheduleSchema },
      },
      handler: (request) => schedules.get(request.params.id),
    })

    http.route({
      method: 'PATCH',
      url: '/schedules/:id',
      config: manage,
      schema: {
        tags,
        summary:
          'Change a schedule: from then on it runs with the rights of who changed it, and its standing approval is void',
        params: paramsSchema,
        body: scheduleChangesSchema,
        response: { 200: scheduleSchema },
      },
      handler: async (request) => {
        await mayFile(request)
        const asker = await asking(request, 'schedule.manage')
        return schedules.change(asker, request.params.id, request.body)
      },
    })

    http.route({
      method: 'DELETE',
      url: '/schedules/:id',
      config: manage,
      schema: { tags, summary: 'Delete a schedule', params: paramsSchema, response: { 204: z.null() } },
      handler: async (request, reply) => {
        await schedules.remove(await asking(request, 'schedule.manage'), request.params.id)
        return reply.code(204).send(null)
      },
    })

    const summaries = {
      pause: 'Let it run no more until it is resumed',
      resume: 'Let it run again, from its next time on',
    } as const
    for (const verb of ['pause', 'resume'] as const) {
      http.route({
        method: 'POST',
        url: `/schedules/:id/${verb}`,
        config: manage,
        schema: { tags, summary: summaries[verb], params: paramsSchema, response: { 200: scheduleSchema } },
        handler: async (request) => schedules[verb](await asking(request, 'schedule.manage'), request.params.id),
      })
    }

    http.route({
      method: 'POST',
      url: '/schedules/:id/run',
      config: manage,
      schema: {
        tags,
        summary: 'Run it now, beside its times and with all checks of a run',
        params: paramsSchema,
        response: { 202: scheduleRunSchema },
      },
      handler: async (request, reply) => {
        const run = await schedules.run(await asking(request, 'schedule.manage'), request.params.id)
        return reply.code(202).send(run)
      },
    })

    http.route({
      method: 'GET',
      url: '/schedules/:id/runs',
      config: read,
      schema: {
        tags,
        summary: 'Its runs, newest first: filed, skipped or failed, and why',
        params: paramsSchema,
        querystring: pageQuerySchema,
        response: { 200: scheduleRunListSchema },
      },
      handler: ({ params, query: { limit, cursor } }) =>
        schedules.runs(params.id, { limit, ...(cursor === undefined ? {} : { cursor }) }),
    })

    http.route({
      method: 'POST',
      url: '/schedules/:id/standing-approval',
      config: manage,
      schema: {
        tags,
        summary: 'Ask for one approval of all runs that stay within these bounds',
        params: paramsSchema,
        body: standingApprovalRequestSchema,
        response: { 200: scheduleSchema },
      },
      handler: async (request) =>
        schedules.askApproval(await asking(request, 'schedule.manage'), request.params.id, request.body),
    })

    for (const verb of ['approve', 'reject'] as const) {
      http.route({
        method: 'POST',
        url: `/schedules/:id/${verb}`,
        config: approve,
        schema: {
          tags,
          summary: verb === 'approve' ? 'Approve its standing approval' : 'Reject its standing approval',
          params: paramsSchema,
          body: scheduleDecisionSchema,
          response: { 200: scheduleSchema },
        },
        handler: async (request) =>
          schedules[verb](await asking(request, 'task.approve'), request.params.id, request.body),
      })
    }
  }
}

const askerOf = ({ principal, id }: { principal: Principal; id: string }): Asker => ({ principal, requestId: id })
