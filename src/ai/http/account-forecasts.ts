import { z } from 'zod'
import type { Account } from '#aws/cloud.ts'
import {
  accountForecastQuerySchema,
  accountForecastSchema,
  budgetDraftSchema,
  budgetSchema,
} from '#contracts/account-forecast.ts'
import type { AccountForecast, AccountForecastKind } from '#contracts/account-forecast.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import type { HttpService } from '#platform/http/service.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { deleteBudget, putBudget, readBudget } from '../costs/budget-store.ts'
import { errors } from '../errors.ts'

const tags = ['ai']
const paramsSchema = z.object({ id: z.string().max(64).describe('12 digits') })

/** How a whole account goes on: what it costs and stores, and what is left of its limits. And what it may cost. */
export const accountForecastsHttp =
  (deps: {
    db: Database
    readableAccounts: (principal: Principal) => Promise<Account[]>
    forecast: (principal: Principal, account: Account, kind: AccountForecastKind) => Promise<AccountForecast>
  }): HttpService =>
  (http) => {
    const { db, forecast } = deps
    const accountOf = async (principal: Principal, id: string): Promise<Account> => {
      const account = (await deps.readableAccounts(principal)).find((one) => one.id === id)
      if (account === undefined)
        throw errors.forecast_account_not_found(`There is no account "${id.slice(0, 64)}" that you may read.`)
      return account
    }

    http.route({
      method: 'GET',
      url: '/ai/forecasts/accounts/:id',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'How what an account costs, stores or uses of its limits is expected to go on',
        params: paramsSchema,
        querystring: accountForecastQuerySchema,
        response: { 200: accountForecastSchema },
      },
      handler: async ({ principal, params, query }) =>
        forecast(principal, await accountOf(principal, params.id), query.kind),
    })

    http.route({
      method: 'PUT',
      url: '/ai/budgets/:id',
      config: { access: { action: 'recommendation.manage' } },
      schema: {
        tags,
        summary: 'Say what an account may cost a month, so that it is told when that would be passed',
        params: paramsSchema,
        body: budgetDraftSchema,
        response: { 200: budgetSchema },
      },
      handler: async (request) => {
        const { id } = await accountOf(request.principal, request.params.id)
        const { userId, email } = request.principal
        await db.transaction(async (tx) => {
          await putBudget(tx, id, request.body.monthlyUsd, { id: userId, email })
          await appendAudit(tx, [auditOf(request, 'ai.budget_set', id, { monthlyUsd: request.body.monthlyUsd })])
        })
        // It was just written.
        return (await readBudget(db, id))!
      },
    })

    http.route({
      method: 'DELETE',
      url: '/ai/budgets/:id',
      config: { access: { action: 'recommendation.manage' } },
      schema: { tags, summary: 'Forget what an account may cost', params: paramsSchema, response: { 204: z.null() } },
      handler: async (request, reply) => {
        const { id } = await accountOf(request.principal, request.params.id)
        await db.transaction(async (tx) => {
          if (await deleteBudget(tx, id)) await appendAudit(tx, [auditOf(request, 'ai.budget_remove', id, {})])
        })
        return reply.code(204).send(null)
      },
    })
  }

const auditOf = (
  request: { principal: Principal; id: string },
  action: string,
  id: string,
  details: Record<string, unknown>,
) => ({
  actor: actorOf(request.principal),
  action,
  subject: { type: 'Account', id },
  outcome: 'succeeded' as const,
  requestId: request.id,
  details,
})
