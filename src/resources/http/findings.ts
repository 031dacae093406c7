import { findingsQuerySchema, findingsSchema } from '#contracts/findings.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { ReadFindings } from '../findings/findings.ts'

/** What looks unused. */
export const findingsHttp =
  (findings: ReadFindings): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/resources/findings',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags: ['resources'],
        summary: 'Resources that look unused, with evidence and cost, what costs most first',
        querystring: findingsQuerySchema,
        response: { 200: findingsSchema },
      },
      handler: (request) => findings(request.principal, request.query),
    })
  }
