import { z } from 'zod'
import { alertListSchema, alertQuerySchema, alertSchema } from '#contracts/alert.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Alerts, Asker } from '../alerts/alerts.ts'

const idSchema = z.object({ id: z.string().max(64) })
const tags = ['alerts']

/** What needs attention: the console's bell. */
export const alertsHttp =
  (alerts: Pick<Alerts, 'list' | 'acknowledge' | 'resolve'>): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/alerts',
      config: { access: { action: 'alert.read' } },
      schema: {
        tags,
        summary: 'Alerts, newest first',
        querystring: alertQuerySchema,
        response: { 200: alertListSchema },
      },
      handler: (request) => {
        const { status, severity, limit, cursor } = request.query
        return alerts.list(askerOf(request), { status, severity, limit, cursor })
      },
    })

    http.route({
      method: 'POST',
      url: '/alerts/:id/acknowledge',
      config: { access: { action: 'alert.manage' } },
      schema: { tags, summary: 'Say that somebody is at it', params: idSchema, response: { 200: alertSchema } },
      handler: (request) => alerts.acknowledge(askerOf(request), request.params.id),
    })

    http.route({
      method: 'POST',
      url: '/alerts/:id/resolve',
      config: { access: { action: 'alert.manage' } },
      schema: { tags, summary: 'Say that it is over', params: idSchema, response: { 200: alertSchema } },
      handler: (request) => alerts.resolve(askerOf(request), request.params.id),
    })
  }

const askerOf = (request: { principal: Asker['principal']; id: string }): Asker => ({
  principal: request.principal,
  requestId: request.id,
})
