import { z } from 'zod'
import { changesQuerySchema, changesSchema, historyQuerySchema, historySchema } from '#contracts/history.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { ReadChanges } from '../history/changes.ts'
import type { ReadHistory } from '../history/history.ts'

const idSchema = z.object({ id: z.string().min(1).max(2048).describe('The ARN, URL-encoded') })
const tags = ['resources']
const mayRead = { access: { action: 'resource.read' } }

/** What became of resources. */
export const historyHttp =
  ({ history, changes }: { history: ReadHistory['history']; changes: ReadChanges }): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/resources/:id/history',
      config: mayRead,
      schema: {
        tags,
        summary: 'What changed in a resource, the newest first, also of one that is gone',
        params: idSchema,
        querystring: historyQuerySchema,
        response: { 200: historySchema },
      },
      handler: (request) => history(request.principal, request.params.id, request.query),
    })

    http.route({
      method: 'GET',
      url: '/resources/changes',
      config: mayRead,
      schema: {
        tags,
        summary:
          'What changed between two times in all resources, the newest first; the last day unless asked otherwise',
        querystring: changesQuerySchema,
        response: { 200: changesSchema },
      },
      handler: (request) => changes(request.principal, request.query),
    })
  }
