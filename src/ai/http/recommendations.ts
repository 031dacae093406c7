import { z } from 'zod'
import type { Account } from '#aws/cloud.ts'
import { countedTo } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import {
  dismissalSchema,
  recommendationListSchema,
  recommendationQuerySchema,
  recommendationSchema,
  snoozeSchema,
} from '#contracts/recommendation.ts'
import type { Recommendation } from '#contracts/recommendation.ts'
import { planSchema } from '#contracts/task.ts'
import type { Plan } from '#contracts/task.ts'
import type { Targets } from '#contracts/resource.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { decodeCursor, invalidCursor, pageOf, totalOf } from '#platform/http/paging.ts'
import type { HttpService } from '#platform/http/service.ts'
import { isUuid } from '#platform/ids.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import { countRecommendations, decide, listRecommendations, notePlan, readRecommendation } from '../recommend/store.ts'

const tags = ['ai']
const mayRead = { access: { action: 'resource.read' } }
const mayManage = { access: { action: 'recommendation.manage' } }
const idSchema = z.object({ id: z.string().max(64) })
const yearMs = 366 * 86_400_000
const withoutSaving = -1e12

/** Makes a plan with the principal's own rights; nothing happens by it. */
export type MakePlan = (request: {
  principal: Principal
  operation: string
  targets: Targets
  params: unknown
  requestId: string
}) => Promise<Plan>

/** What would save money or is too small. A task of it is a plan that somebody has to file: nothing here does anything. */
export const recommendationsHttp =
  (deps: {
    db: Database
    clock: Clock
    readableAccounts: (principal: Principal) => Promise<Account[]>
    plan: MakePlan
  }): HttpService =>
  (http) => {
    const { db, clock, plan } = deps

    const find = async (principal: Principal, id: string): Promise<Recommendation> => {
      const found = isUuid(id) ? await readRecommendation(db, id) : undefined
      const accounts = await deps.readableAccounts(principal)
      if (found === undefined || !accounts.some((account) => account.id === found.account))
        throw errors.recommendation_not_found(`There is no recommendation "${id.slice(0, 64)}".`)
      return found
    }

    const settle = async (
      request: { principal: Principal; id: string },
      id: string,
      decision: Parameters<typeof decide>[2],
    ): Promise<Recommendation> => {
      const { principal } = request
      const found = await find(principal, id)
      if (found.status === 'applied' || found.status === 'gone')
        throw errors.recommendation_settled('It was done, or is no longer true: there is nothing to decide.')
      await db.transaction(async (tx) => {
        await decide(tx, id, decision, { id: principal.userId, email: principal.email })
        await appendAudit(tx, [
          {
            actor: actorOf(principal),
            action: `recommendation.${decision.status === 'open' ? 'reopen' : decision.status === 'dismissed' ? 'dismiss' : 'snooze'}`,
            subject: { type: 'Resource', id: found.resource.id },
            outcome: 'succeeded',
            requestId: request.id,
            details: { recommendation: id, kind: found.kind, reason: decision.reason },
          },
        ])
      })
      return find(principal, id)
    }

    http.route({
      method: 'GET',
      url: '/ai/recommendations',
      config: mayRead,
      schema: {
        tags,
        summary: 'What would save money or is too small, by what it saves',
        querystring: recommendationQuerySchema,
        response: { 200: recommendationListSchema },
      },
      handler: async ({ principal, query }) => {
        const { limit, cursor, account, ...rest } = query
        const accounts = (await deps.readableAccounts(principal)).map(({ id }) => id)
        const filter = {
          accounts: accounts.filter((id) => account === undefined || id === account),
          kind: rest.kind,
          finding: rest.finding,
          status: rest.status,
          q: rest.q === '' ? undefined : rest.q,
        }
        const [rows, { count, saving, realised }] = await Promise.all([
          listRecommendations(db, filter, cursor === undefined ? undefined : positionOf(cursor), limit + 1),
          countRecommendations(db, filter, countedTo + 1),
        ])
        const { page, nextCursor } = pageOf(rows, limit, ({ id, monthlySavingUsd }) => [
          String(monthlySavingUsd ?? withoutSaving),
          id,
        ])
        return {
          items: page,
          nextCursor,
          total: totalOf(count),
          monthlySavingUsd: Math.round(saving * 100) / 100,
          realisedMonthlyUsd: Math.round(realised * 100) / 100,
        }
      },
    })

    http.route({
      method: 'GET',
      url: '/ai/recommendations/:id',
      config: mayRead,
      schema: { tags, summary: 'One recommendation', params: idSchema, response: { 200: recommendationSchema } },
      handler: (request) => find(request.principal, request.params.id),
    })

    http.route({
      method: 'POST',
      url: '/ai/recommendations/:id/task',
      config: { access: { action: 'task.create' } },
      schema: {
        tags,
        summary: 'Make the plan of a task of it; filing the task is up to you',
        params: idSchema,
        response: { 200: planSchema },
      },
      handler: async (request) => {
        const found = await find(request.principal, request.params.id)
        if (found.operation === null || found.status === 'applied' || found.status === 'gone')
          throw errors.recommendation_settled(
            'There is no task for it: it was done, is no longer true, or is not known.',
          )
        const made = await plan({
          principal: request.principal,
          operation: found.operation,
          targets: { ids: [found.resource.id] },
          params: found.params ?? {},
          requestId: request.id,
        })
        await notePlan(db, found.id, made.planHash)
        return made
      },
    })

    http.route({
      method: 'POST',
      url: '/ai/recommendations/:id/dismiss',
      config: mayManage,
      schema: {
        tags,
        summary: 'Say why it is not to be done',
        params: idSchema,
        body: dismissalSchema,
        response: { 200: recommendationSchema },
      },
      handler: (request) =>
        settle(request, request.params.id, {
          status: 'dismissed',
          reason: request.body.reason,
          snoozedUntil: null,
        }),
    })

    http.route({
      method: 'POST',
      url: '/ai/recommendations/:id/snooze',
      config: mayManage,
      schema: {
        tags,
        summary: 'Hide it until a time',
        params: idSchema,
        body: snoozeSchema,
        response: { 200: recommendationSchema },
      },
      handler: (request) => {
        const until = new Date(request.body.until)
        const aheadMs = until.getTime() - clock.now().getTime()
        if (aheadMs <= 0 || aheadMs > yearMs)
          throw platformErrors.invalid_request('`until` has to lie in the future, within a year.')
        return settle(request, request.params.id, { status: 'snoozed', reason: null, snoozedUntil: until })
      },
    })

    http.route({
      method: 'POST',
      url: '/ai/recommendations/:id/reopen',
      config: mayManage,
      schema: {
        tags,
        summary: 'Take back that it was dismissed or snoozed',
        params: idSchema,
        response: { 200: recommendationSchema },
      },
      handler: (request) => settle(request, request.params.id, { status: 'open', reason: null, snoozedUntil: null }),
    })
  }

const positionOf = (cursor: string): { saving: number; id: string } => {
  const [saving, id = ''] = decodeCursor(cursor, 2)
  if (!Number.isFinite(Number(saving)) || !isUuid(id)) throw invalidCursor(cursor)
  return { saving: Number(saving), id }
}
