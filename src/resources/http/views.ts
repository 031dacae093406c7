import { z } from 'zod'
import { pageQuerySchema } from '#contracts/list.ts'
import { newViewSchema, resourceViewSchema, viewChangesSchema, viewListSchema } from '#contracts/resource-view.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Asker, Views } from '../views/views.ts'

const idSchema = z.object({ id: z.string().min(1).max(100) })
const tags = ['resource views']
const mayManage = { access: { action: 'view.manage' } }

/** Searches that people keep under a name. */
export const viewsHttp =
  (views: Views): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/resource-views',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'Saved views of the inventory: your own and those that are shared',
        querystring: pageQuerySchema,
        response: { 200: viewListSchema },
      },
      handler: (request) => views.list(askerOf(request), request.query),
    })

    http.route({
      method: 'POST',
      url: '/resource-views',
      config: mayManage,
      schema: { tags, summary: 'Save a view', body: newViewSchema, response: { 201: resourceViewSchema } },
      handler: async (request, reply) => reply.code(201).send(await views.create(askerOf(request), request.body)),
    })

    http.route({
      method: 'PATCH',
      url: '/resource-views/:id',
      config: mayManage,
      schema: {
        tags,
        summary: 'Change a view of yours; administrators change shared ones too',
        params: idSchema,
        body: viewChangesSchema,
        response: { 200: resourceViewSchema },
      },
      handler: (request) => views.change(askerOf(request), request.params.id, request.body),
    })

    http.route({
      method: 'DELETE',
      url: '/resource-views/:id',
      config: mayManage,
      schema: { tags, summary: 'Delete a view', params: idSchema, response: { 204: z.null() } },
      handler: async (request, reply) => {
        await views.remove(askerOf(request), request.params.id)
        return reply.code(204).send(null)
      },
    })
  }

const askerOf = (request: { principal: Asker['principal']; id: string }): Asker => ({
  principal: request.principal,
  requestId: request.id,
})
