import { z } from 'zod'
import { faultDraftSchema, faultSchema, sandboxEffectSchema } from '#contracts/sandbox.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { SandboxControl } from './sandbox/control.ts'
import { errors } from './errors.ts'

/** What users with the right `sandbox.manage` can do to the sandbox: make it fail, and see what was done to it. */
export const faultsHttp =
  ({ control }: { control: SandboxControl }): HttpService =>
  (http) => {
    const config = { access: { action: 'sandbox.manage' } }
    const tags = ['sandbox']

    http.route({
      method: 'GET',
      url: '/sandbox/faults',
      config,
      schema: {
        tags,
        summary: 'Faults that the sandbox has now',
        response: { 200: z.object({ items: z.array(faultSchema) }) },
      },
      handler: async () => ({ items: await control.listFaults() }),
    })
    http.route({
      method: 'POST',
      url: '/sandbox/faults',
      config,
      schema: { tags, summary: 'Make the sandbox fail', body: faultDraftSchema, response: { 201: faultSchema } },
      handler: async (request, reply) => reply.code(201).send(await control.addFault(request.body)),
    })
    http.route({
      method: 'DELETE',
      url: '/sandbox/faults',
      config,
      schema: { tags, summary: 'End all faults', response: { 204: z.null() } },
      handler: async (_request, reply) => {
        await control.clearFaults()
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
        response: { 200: z.object({ items: z.array(sandboxEffectSchema) }) },
      },
      handler: async (request) => {
        const { resource } = request.query
        return { items: await control.effects(resource === undefined ? undefined : [resource].flat()) }
      },
    })
  }
