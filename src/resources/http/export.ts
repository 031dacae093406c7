import { resourceExportQuerySchema } from '#contracts/resource-export.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { ExportResources } from '../export/export.ts'

const contentTypes = { csv: 'text/csv', json: 'application/json', jsonl: 'application/x-ndjson' } as const

/** The inventory, or a part of it, as a file. */
export const exportHttp =
  (exportResources: ExportResources): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/resources/export',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags: ['resources'],
        summary: 'Everything that matches as CSV or JSON, streamed; by account and ARN',
        querystring: resourceExportQuerySchema,
      },
      handler: async (request, reply) => {
        const { format } = request.query
        const text = await exportResources({ principal: request.principal, requestId: request.id }, request.query)
        return reply
          .header('content-type', `${contentTypes[format]}; charset=utf-8`)
          .header('content-disposition', `attachment; filename="resources.${format}"`)
          .header('cache-control', 'no-store')
          .send(text)
      },
    })
  }
