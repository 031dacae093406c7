import { z } from 'zod'
import { createdTokenSchema, newTokenSchema, sessionListSchema, tokenListSchema } from '#contracts/auth.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import type { HttpService } from '#platform/http/service.ts'
import { pageOfAll } from '#platform/http/paging.ts'
import type { ApiTokens } from './api-tokens.ts'
import { assertSession } from './origin.ts'
import type { Sessions } from './sessions.ts'

const tags = ['auth']
const params = z.object({ id: z.uuid() })

/** One's own sessions and API tokens. */
export const sessionsHttp =
  (deps: { sessions: Sessions; apiTokens: ApiTokens }): HttpService =>
  (http) => {
    const { sessions, apiTokens } = deps

    http.route({
      method: 'GET',
      url: '/auth/sessions',
      config: { access: 'authenticated' },
      schema: {
        tags,
        summary: 'List your sessions',
        querystring: pageQuerySchema,
        response: { 200: sessionListSchema },
      },
      handler: async ({ principal, query }) => {
        assertSession(principal)
        const rows = await sessions.list(principal.userId)
        return pageOfAll(
          rows.map((row) => ({
            id: row.id,
            createdAt: row.created_at.toISOString(),
            lastUsedAt: row.rotated_at.toISOString(),
            expiresAt: row.expires_at.toISOString(),
            ip: row.ip,
            userAgent: row.user_agent,
            isCurrent: row.id === principal.credentialId,
          })),
          query,
          (session) => session.id,
        )
      },
    })

    http.route({
      method: 'DELETE',
      url: '/auth/sessions',
      config: { access: 'authenticated' },
      schema: {
        tags,
        summary: 'End all your sessions but this one',
        response: { 200: z.object({ ended: z.int().nonnegative() }) },
      },
      handler: async (request) => {
        assertSession(request.principal)
        return { ended: await sessions.endOthers(request.principal, request.id) }
      },
    })

    http.route({
      method: 'DELETE',
      url: '/auth/sessions/:id',
      config: { access: 'authenticated' },
      schema: { tags, summary: 'End one of your sessions', params, response: { 204: z.void() } },
      handler: async (request, reply) => {
        assertSession(request.principal)
        await sessions.end(request.principal, request.params.id, request.id)
        return reply.code(204).send()
      },
    })

    http.route({
      method: 'GET',
      url: '/auth/tokens',
      config: { access: { action: 'token.manage' } },
      schema: {
        tags,
        summary: 'List your API tokens',
        querystring: pageQuerySchema,
        response: { 200: tokenListSchema },
      },
      handler: async ({ principal, query }) =>
        pageOfAll(await apiTokens.list(principal.userId), query, (token) => token.id),
    })

    http.route({
      method: 'POST',
      url: '/auth/tokens',
      config: { access: { action: 'token.manage' } },
      schema: {
        tags,
        summary: 'Create an API token; it is shown only in this answer',
        body: newTokenSchema,
        response: { 201: createdTokenSchema },
      },
      handler: async (request, reply) => {
        assertSession(request.principal)
        const created = await apiTokens.create(request.principal, request.body, request.id)
        return reply.code(201).header('cache-control', 'no-store').send(created)
      },
    })

    http.route({
      method: 'DELETE',
      url: '/auth/tokens/:id',
      config: { access: { action: 'token.manage' } },
      schema: { tags, summary: 'Revoke one of your API tokens', params, response: { 204: z.void() } },
      handler: async (request, reply) => {
        await apiTokens.revoke(request.principal, request.params.id, request.id)
        return reply.code(204).send()
      },
    })
  }
