import { z } from 'zod'
import {
  anomalyListSchema,
  anomalyQuerySchema,
  bandsQuerySchema,
  bandsSchema,
  watchedListSchema,
} from '#contracts/anomaly.ts'
import { countedTo, pageQuerySchema } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Account } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import type { HttpService } from '#platform/http/service.ts'
import { uuidShape } from '#platform/ids.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import type { Find } from '../find.ts'
import {
  countAnomalies,
  countWatched,
  deletePin,
  insertPin,
  listAnomalies,
  listWatched,
  readBands,
} from '../watch/read-store.ts'

const tags = ['ai']
const mayRead = { access: { action: 'resource.read' } }
const mayManage = { access: { action: 'recommendation.manage' } }
const idSchema = z.object({ id: z.string().min(1).max(2048).describe('The ARN, URL-encoded') })
const dayMs = 86_400_000
const longestMs = 8 * dayMs

/** What was unusual in the metrics that are followed, what was expected of them, and which ones those are. */
export const anomaliesHttp =
  (deps: {
    db: Database
    clock: Clock
    find: Find
    readableAccounts: (principal: Principal) => Promise<Account[]>
  }): HttpService =>
  (http) => {
    const { db, clock, find } = deps
    const accountsOf = async (principal: Principal, wanted: string | undefined): Promise<string[]> =>
      (await deps.readableAccounts(principal)).map(({ id }) => id).filter((id) => wanted === undefined || id === wanted)

    http.route({
      method: 'GET',
      url: '/ai/anomalies',
      config: mayRead,
      schema: {
        tags,
        summary: 'What was unusual, the newest first',
        querystring: anomalyQuerySchema,
        response: { 200: anomalyListSchema },
      },
      handler: async ({ principal, query }) => {
        const { limit, cursor, account, from, ...rest } = query
        const filter = {
          accounts: await accountsOf(principal, account),
          resource: rest.resource,
          region: rest.region,
          incident: rest.incident,
          from: from === undefined ? undefined : new Date(from),
        }
        const [rows, count] = await Promise.all([
          listAnomalies(db, filter, decodePosition(cursor, uuidShape), limit + 1),
          countAnomalies(db, filter, countedTo + 1),
        ])
        const { page, nextCursor } = pageOf(rows, limit, ({ id }) => [id])
        return { items: page, nextCursor, total: totalOf(count) }
      },
    })

    http.route({
      method: 'GET',
      url: '/ai/bands',
      config: mayRead,
      schema: {
        tags,
        summary: 'Where the values of a metric were expected',
        querystring: bandsQuerySchema,
        response: { 200: bandsSchema },
      },
      handler: async ({ principal, query }) => {
        const { resource, account } = await find(principal, query.resource)
        const to = query.to === undefined ? clock.now() : new Date(query.to)
        const from = query.from === undefined ? new Date(to.getTime() - dayMs) : new Date(query.from)
        if (from >= to) throw platformErrors.invalid_request('`from` has to be earlier than `to`.')
        const begin = new Date(Math.max(from.getTime(), to.getTime() - longestMs))
        return readBands(db, { account: account.id, resource: resource.id, metric: query.name, from: begin, to })
      },
    })

    http.route({
      method: 'GET',
      url: '/ai/watched',
      config: mayRead,
      schema: {
        tags,
        summary: 'Resources whose metrics are followed, and why',
        querystring: pageQuerySchema,
        response: { 200: watchedListSchema },
      },
      handler: async ({ principal, query: { limit, cursor } }) => {
        const accounts = await accountsOf(principal, undefined)
        const [rows, count] = await Promise.all([
          listWatched(db, accounts, decodePosition(cursor, /^(?:arn:|cost\/)/), limit + 1),
          countWatched(db, accounts),
        ])
        const { page, nextCursor } = pageOf(rows, limit, ({ resource }) => [resource.id])
        return { items: page, nextCursor, total: totalOf(count) }
      },
    })

    http.route({
      method: 'PUT',
      url: '/ai/watched/:id',
      config: mayManage,
      schema: {
        tags,
        summary: 'Follow the metrics of a resource, whether or not an alarm watches it',
        params: idSchema,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        const { resource, account } = await find(request.principal, request.params.id)
        const { userId: id, email } = request.principal
        await db.transaction(async (tx) => {
          await insertPin(tx, { account: account.id, resource: resource.id, by: { id, email } })
          await appendAudit(tx, [auditOf(request, 'ai.watch_pin', resource.id)])
        })
        return reply.code(204).send(null)
      },
    })

    http.route({
      method: 'DELETE',
      url: '/ai/watched/:id',
      config: mayManage,
      schema: {
        tags,
        summary: 'No longer follow a resource because somebody asked for it; an alarm on it still counts',
        params: idSchema,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        const { resource, account } = await find(request.principal, request.params.id)
        await db.transaction(async (tx) => {
          if (await deletePin(tx, account.id, resource.id))
            await appendAudit(tx, [auditOf(request, 'ai.watch_unpin', resource.id)])
        })
        return reply.code(204).send(null)
      },
    })
  }

const auditOf = (request: { principal: Principal; id: string }, action: string, id: string) => ({
  actor: actorOf(request.principal),
  action,
  subject: { type: 'Resource', id },
  outcome: 'succeeded' as const,
  requestId: request.id,
  details: {},
})
