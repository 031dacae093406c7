import { z } from 'zod'
import type { Principal } from '#contracts/principal.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import {
  newOnOffPlanSchema,
  onOffPlanChangesSchema,
  onOffPlanListSchema,
  onOffPlanSchema,
  onOffPreviewRequestSchema,
  onOffPreviewSchema,
} from '#contracts/on-off-plan.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Access } from '#security/access.ts'
import type { OnOffPlans } from '../on-off/on-off-plans.ts'
import type { Asker } from '../schedules/schedules.ts'

const paramsSchema = z.object({ id: z.string().max(64) })
const tags = ['schedules']
const read = { access: { action: 'schedule.read' } }
const manage = { access: { action: 'schedule.manage' } }

type Request = { principal: Principal; id: string }

/** On/off plans: what is stopped at one time and started at another. */
export const onOffPlansHttp = (deps: { onOffPlans: OnOffPlans; access: Pick<Access, 'require'> }): HttpService => {
  const { onOffPlans, access } = deps

  /** Who may change its schedules may change it; they have one owner. */
  const asking = async (request: Request & { params: { id: string } }): Promise<Asker> => {
    const { off, on } = await onOffPlans.halves(request.params.id)
    for (const { id, owner, operation } of [off, on]) {
      const resource = { type: 'Schedule', id, ownerId: owner.id, operation } as const
      await access.require(request.principal, 'schedule.manage', resource, { requestId: request.id })
    }
    return askerOf(request)
  }
  const mayFile = (request: Request): Promise<void> =>
    access.require(request.principal, 'task.create', undefined, { requestId: request.id })

  return (http) => {
    http.route({
      method: 'GET',
      url: '/on-off-plans',
      config: read,
      schema: {
        tags,
        summary: 'On/off plans with both halves, newest first',
        querystring: pageQuerySchema,
        response: { 200: onOffPlanListSchema },
      },
      handler: ({ query: { limit, cursor } }) =>
        onOffPlans.list({ limit, ...(cursor === undefined ? {} : { cursor }) }),
    })

    http.route({
      method: 'POST',
      url: '/on-off-plans',
      config: manage,
      schema: {
        tags,
        summary: 'Have instances stopped at one time and started at another: makes both schedules',
        body: newOnOffPlanSchema,
        response: { 201: onOffPlanSchema },
      },
      handler: async (request, reply) => {
        await mayFile(request)
        const created = await onOffPlans.create(askerOf(request), request.body)
        return reply
          .code(201)
          .header('location', created.links['self'] ?? '')
          .send(created)
      },
    })

    http.route({
      method: 'POST',
      url: '/on-off-plans/preview',
      config: manage,
      schema: {
        tags,
        summary: 'What a plan with these times would do in the next 7 days and, for given targets, save',
        body: onOffPreviewRequestSchema,
        response: { 200: onOffPreviewSchema },
      },
      handler: async (request) => {
        await mayFile(request)
        return onOffPlans.preview(askerOf(request), request.body)
      },
    })

    http.route({
      method: 'GET',
      url: '/on-off-plans/:id',
      config: read,
      schema: {
        tags,
        summary: 'An on/off plan with both halves, their next runs and standing approvals',
        params: paramsSchema,
        response: { 200: onOffPlanSchema },
      },
      handler: (request) => onOffPlans.get(request.params.id),
    })

    http.route({
      method: 'PATCH',
      url: '/on-off-plans/:id',
      config: manage,
      schema: {
        tags,
        summary:
          'Change both halves: from then on they run with the rights of who changed them, and their standing approvals are void',
        params: paramsSchema,
        body: onOffPlanChangesSchema,
        response: { 200: onOffPlanSchema },
      },
      handler: async (request) => {
        await mayFile(request)
        return onOffPlans.change(await asking(request), request.params.id, request.body)
      },
    })

    http.route({
      method: 'DELETE',
      url: '/on-off-plans/:id',
      config: manage,
      schema: { tags, summary: 'Delete a plan with both halves', params: paramsSchema, response: { 204: z.null() } },
      handler: async (request, reply) => {
        await onOffPlans.remove(await asking(request), request.params.id)
        return reply.code(204).send(null)
      },
    })

    const summaries = {
      pause: 'Let neither half run until it is resumed',
      resume: 'Let both halves run again, from their next times on',
    } as const
    for (const verb of ['pause', 'resume'] as const) {
      http.route({
        method: 'POST',
        url: `/on-off-plans/:id/${verb}`,
        config: manage,
        schema: { tags, summary: summaries[verb], params: paramsSchema, response: { 200: onOffPlanSchema } },
        handler: async (request) => onOffPlans[verb](await asking(request), request.params.id),
      })
    }
  }
}

const askerOf = ({ principal, id }: Request): Asker => ({ principal, requestId: id })
