import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { listOf, pageQuerySchema } from '#contracts/list.ts'
import { faultDraftSchema, faultSchema, sandboxEffectSchema, sandboxInfoSchema } from '#contracts/sandbox.ts'
import type { Sql } from '#platform/db/database.ts'
import { pageOfAll, totalOf } from '#platform/http/paging.ts'
import type { HttpService } from '#platform/http/service.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import type { SandboxControl } from './sandbox/control.ts'
import { errors } from './errors.ts'

/** What users with the right `sandbox.manage` can do to the sandbox: make it fail, and see what was done to it. */
export const faultsHttp =
  ({ control, sql }: { control: SandboxControl; sql: Sql }): HttpService =>
  (http) => {
    const record = (request: FastifyRequest, action: string, id: string, details: Record<string, unknown> = {}) =>
      appendAudit(sql, [
        {
          actor: actorOf(request.principal),
          action,
          subject: { type: 'SandboxFault', id },
          outcome: 'succeeded',
          requestId: request.id,
          details,
        },
      ])
    const config = { access: { action: 'sandbox.manage' } }
    const tags = ['sandbox']

    http.route({
      method: 'GET',
      url: '/sandbox',
      config,
      schema: {
        tags,
        summary: 'Which sandbox this is, and what goes wrong in it by itself',
        response: { 200: sandboxInfoSchema },
      },
      handler: async () => control.info(),
    })
    http.route({
      method: 'GET',
      url: '/sandbox/faults',
      config,
      schema: {
        tags,
        summary: 'Faults that the sandbox has now',
        querystring: pageQuerySchema,
        response: { 200: listOf(faultSchema) },
      },
      handler: async ({ query }) => pageOfAll(await control.listFaults(), query, (fault) => fault.id),
    })
    http.route({
      method: 'POST',
      url: '/sandbox/faults',
      config,
      schema: { tags, summary: 'Make the sandbox fail', body: faultDraftSchema, response: { 201: faultSchema } },
      handler: async (request, reply) => {
        const fault = await control.addFault(request.body)
        await record(request, 'sandbox.fault_add', fault.id, { kind: fault.kind })
        return reply.code(201).send(fault)
      },
    })
    http.route({
      method: 'DELETE',
      url: '/sandbox/faults',
      config,
      schema: { tags, summary: 'End all faults', response: { 204: z.null() } },
      handler: async (request, reply) => {
        await control.clearFaults()
        await record(request, 'sandbox.fault_clear', 'all')
        return reply.code(204).send(null)
      },
    })
    http.route({
      method: 'DELETE',
      url: '/sandbox/faults/:id',
      config,
      schema: {
        tags,
        summary: 'End a fault',
        params: z.object({ id: z.string().max(64) }),
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        const { id } = request.params
        if (!(await control.removeFault(id)))
          throw errors.fault_not_found(`There is no fault "${id}"; it may have run out.`)
        await record(request, 'sandbox.fault_remove', id)
        return reply.code(204).send(null)
      },
    })
    http.route({
      method: 'GET',
      url: '/sandbox/effects',
      config,
      schema: {
        tags,
        summary: 'How often each effect was applied to each resource',
        description: 'Of the ids in `resource` (repeatable), or the first 10,000 of all.',
        querystring: z.object({ resource: z.union([z.string(), z.array(z.string())]).optional() }),
        response: { 200: listOf(sandboxEffectSchema) },
      },
      handler: async (request) => {
        const { resource } = request.query
        const items = await control.effects(resource === undefined ? undefined : [resource].flat())
        return { items, nextCursor: null, total: totalOf(items.length) }
      },
    })
  }
