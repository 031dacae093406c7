import { z } from 'zod'
import { freezeChangesSchema, freezeListSchema, freezeSchema, newFreezeSchema } from '#contracts/freeze.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Freezes } from '../freezes/freezes.ts'

const paramsSchema = z.object({ id: z.string().max(2048) })
const tags = ['freezes']
const reading = { access: { action: 'freeze.read' } }
const managing = { access: { action: 'freeze.manage' } }

/** The freeze calendar. */
export const freezeRoutes =
  ({ freezes }: { freezes: Freezes }): HttpService =>
  (http) => {
    const askerOf = (request: { principal: Principal; id: string }) => ({
      principal: request.principal,
      requestId: request.id,
    })

    http.route({
      method: 'GET',
      url: '/freezes',
      config: reading,
      schema: {
        tags,
        summary: 'Freezes, newest first: times in which nothing new begins',
        querystring: pageQuerySchema,
        response: { 200: freezeListSchema },
      },
      handler: (request) => freezes.list(request.query),
    })

    http.route({
      method: 'POST',
      url: '/freezes',
      config: managing,
      schema: {
        tags,
        summary: 'Make a freeze, once or weekly. It also holds what was filed before and has not begun',
        body: newFreezeSchema,
        response: { 201: freezeSchema },
      },
      handler: async (request, reply) => {
        const freeze = await freezes.create(askerOf(request), request.body)
        return reply.code(201).header('location', freeze.links.self).send(freeze)
      },
    })

    http.route({
      method: 'GET',
      url: '/freezes/:id',
      config: reading,
      schema: { tags, summary: 'A freeze', params: paramsSchema, response: { 200: freezeSchema } },
      handler: (request) => freezes.get(request.params.id),
    })

    http.route({
      method: 'PATCH',
      url: '/freezes/:id',
      config: managing,
      schema: {
        tags,
        summary: 'Change a freeze; what it no longer holds goes on',
        params: paramsSchema,
        body: freezeChangesSchema,
        response: { 200: freezeSchema },
      },
      handler: (request) => freezes.change(askerOf(request), request.params.id, request.body),
    })

    http.route({
      method: 'DELETE',
      url: '/freezes/:id',
      config: managing,
      schema: {
        tags,
        summary: 'Delete a freeze; what it held goes on',
        params: paramsSchema,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        await freezes.remove(askerOf(request), request.params.id)
        return reply.code(204).send(null)
      },
    })
  }
