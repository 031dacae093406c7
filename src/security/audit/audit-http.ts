import { Readable } from 'node:stream'
import { auditExportQuerySchema, auditListSchema, auditQuerySchema, verificationSchema } from '#contracts/audit.ts'
import type { Verification } from '#contracts/audit.ts'
import type { Database } from '#platform/db/database.ts'
import type { HttpService } from '#platform/http/service.ts'
import { actorOf, appendAudit } from '../audit.ts'
import { toCsv, toNdjson } from './export.ts'
import { listAudit, readAudit } from './list.ts'

const tags = ['audit']

/** `/audit`: reading, verifying and exporting the log. */
export const auditHttp =
  (deps: { db: Database; verify: () => Promise<Verification> }): HttpService =>
  (http) => {
    const { db, verify } = deps
    let verifying: Promise<Verification> | undefined

    http.route({
      method: 'GET',
      url: '/audit',
      config: { access: { action: 'audit.read' } },
      schema: {
        tags,
        summary: 'Read the audit log, newest first',
        querystring: auditQuerySchema,
        response: { 200: auditListSchema },
      },
      handler: (request) => listAudit(db, request.query),
    })

    http.route({
      method: 'GET',
      url: '/audit/verify',
      config: { access: { action: 'audit.read' } },
      schema: {
        tags,
        summary: 'Recompute the chain of the audit log',
        description: 'Reads the whole log; whoever asks meanwhile gets the same answer.',
        response: { 200: verificationSchema },
      },
      handler: () => (verifying ??= verify().finally(() => (verifying = undefined))),
    })

    http.route({
      method: 'GET',
      url: '/audit/export',
      config: { access: { action: 'audit.export' } },
      schema: {
        tags,
        summary: 'Export the audit log, oldest first, as NDJSON or CSV',
        querystring: auditExportQuerySchema,
      },
      handler: async (request, reply) => {
        const { format, ...filter } = request.query
        await appendAudit(db, [
          {
            actor: actorOf(request.principal),
            action: 'audit.export',
            subject: { type: 'System', id: 'audit' },
            outcome: 'allowed',
            requestId: request.id,
            details: { format, filter },
          },
        ])
        const rows = readAudit(db, filter)
        const [type, lines] = format === 'csv' ? ['text/csv', toCsv(rows)] : ['application/x-ndjson', toNdjson(rows)]
        return reply
          .header('content-type', `${type}; charset=utf-8`)
          .header('content-disposition', `attachment; filename="audit.${format}"`)
          .header('cache-control', 'no-store')
          .send(Readable.from(lines))
      },
    })
  }
