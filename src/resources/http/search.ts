import { resourceFilterSchema } from '#contracts/inventory.ts'
import { facetsQuerySchema, facetsSchema, suggestionsQuerySchema, suggestionsSchema } from '#contracts/query.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { CountFacets } from '../read/facets.ts'
import { cacheHeader } from '../read/freshness.ts'
import type { Suggest } from '../read/suggest.ts'

const mayRead = { access: { action: 'resource.read' } }
const tags = ['resources']

/** What helps to search: counts beside the results, and completion. */
export const searchHttp =
  (deps: { facets: CountFacets; suggest: Suggest }): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/resources/facets',
      config: mayRead,
      schema: {
        tags,
        summary: 'What matches, counted by type, account, Region, state, a tag or a field of the summary',
        querystring: resourceFilterSchema.extend(facetsQuerySchema.shape),
        response: { 200: facetsSchema },
      },
      handler: async (request, reply) => {
        const counted = await deps.facets(request.principal, request.query)
        void reply.header('x-cache', cacheHeader(counted.freshness))
        return counted
      },
    })

    http.route({
      method: 'GET',
      url: '/resources/query/suggest',
      config: mayRead,
      schema: {
        tags,
        summary: 'What may follow at the cursor of a query, and what is wrong with it so far',
        querystring: suggestionsQuerySchema,
        response: { 200: suggestionsSchema },
      },
      handler: (request) => deps.suggest(request.principal, request.query),
    })
  }
