import { z } from 'zod'
import {
  accountChangesSchema,
  accountListSchema,
  accountSchema,
  accountTestSchema,
  newAccountSchema,
} from '#contracts/account.ts'
import { discoverRequestSchema, discoveryResultSchema } from '#contracts/discovery.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Accounts, Asker } from '../accounts/accounts.ts'

const idSchema = z.object({ id: z.string().min(1).max(64).describe('The account id, 12 digits') })
const tags = ['accounts']
const mayRead = { access: { action: 'account.read' } }
const mayManage = { access: { action: 'account.manage' } }

/** The accounts that the installation works on. */
export const accountsHttp =
  (accounts: Accounts): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/accounts',
      config: mayRead,
      schema: {
        tags,
        summary: 'Accounts with the state of their sync',
        querystring: pageQuerySchema,
        response: { 200: accountListSchema },
      },
      handler: (request) => accounts.list(askerOf(request), request.query),
    })

    http.route({
      method: 'POST',
      url: '/accounts',
      config: mayManage,
      schema: { tags, summary: 'Add an account', body: newAccountSchema, response: { 201: accountSchema } },
      handler: async (request, reply) => {
        const account = await accounts.create(askerOf(request), request.body)
        return reply.code(201).header('location', `/api/v1/accounts/${account.id}`).send(account)
      },
    })

    http.route({
      method: 'POST',
      url: '/accounts/discover',
      config: mayManage,
      schema: {
        tags,
        summary: 'Propose the accounts of an organization; adding one is a step of its own',
        body: discoverRequestSchema,
        response: { 200: discoveryResultSchema },
      },
      handler: (request) => accounts.discover(askerOf(request), request.body),
    })

    http.route({
      method: 'GET',
      url: '/accounts/:id',
      config: mayRead,
      schema: { tags, summary: 'One account', params: idSchema, response: { 200: accountSchema } },
      handler: (request) => accounts.get(askerOf(request), request.params.id),
    })

    http.route({
      method: 'PATCH',
      url: '/accounts/:id',
      config: mayManage,
      schema: {
        tags,
        summary: 'Change an account; its cloud never changes',
        params: idSchema,
        body: accountChangesSchema,
        response: { 200: accountSchema },
      },
      handler: (request) => accounts.update(askerOf(request), request.params.id, request.body),
    })

    http.route({
      method: 'DELETE',
      url: '/accounts/:id',
      config: mayManage,
      schema: {
        tags,
        summary: 'Stop working on an account; nothing changes in AWS',
        params: idSchema,
        response: { 204: z.null() },
      },
      handler: async (request, reply) => {
        await accounts.remove(askerOf(request), request.params.id)
        return reply.code(204).send(null)
      },
    })

    http.route({
      method: 'POST',
      url: '/accounts/:id/test',
      config: mayManage,
      schema: {
        tags,
        summary: 'Ask AWS whose credentials the account has',
        params: idSchema,
        response: { 200: accountTestSchema },
      },
      handler: (request) => accounts.test(askerOf(request), request.params.id),
    })
  }

const askerOf = (request: { principal: Asker['principal']; id: string }): Asker => ({
  principal: request.principal,
  requestId: request.id,
})
