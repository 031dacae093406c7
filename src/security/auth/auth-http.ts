import { z } from 'zod'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { loginSchema, meSchema, passwordChangeSchema, signedInSchema, socketTicketSchema } from '#contracts/auth.ts'
import type { SignedIn } from '#contracts/auth.ts'
import { actions } from '#contracts/role.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Access } from '../access.ts'
import type { Authenticate } from '../authenticate.ts'
import { errors } from '../errors.ts'
import { userOf } from '../users/store.ts'
import type { Users } from '../users/users.ts'
import { accessTokenSeconds } from './access-token.ts'
import { assertNotCrossSite, assertSession, originOf } from './origin.ts'
import { readRefreshCookie, refreshCookie } from './refresh-cookie.ts'
import type { OpenSession, Sessions } from './sessions.ts'
import type { SignIn } from './sign-in.ts'
import { ticketSeconds } from './socket-ticket.ts'
import type { Tickets } from './socket-ticket.ts'

const tags = ['auth']

/** Signing in, staying signed in and signing out. */
export const authHttp =
  (deps: {
    signIn: SignIn
    sessions: Sessions
    users: Users
    tickets: Tickets
    access: Access
    authenticate: Authenticate
  }): HttpService =>
  (http) => {
    const { signIn, sessions, users, tickets, access, authenticate } = deps

    const answer = (request: FastifyRequest, reply: FastifyReply, opened: OpenSession): SignedIn => {
      reply.header('set-cookie', refreshCookie(opened.refreshToken, opened.cookieSeconds, request))
      reply.header('cache-control', 'no-store')
      return {
        accessToken: opened.accessToken,
        tokenType: 'Bearer',
        expiresInSeconds: accessTokenSeconds,
        user: userOf(opened.user),
      }
    }

    http.route({
      method: 'POST',
      url: '/auth/login',
      config: { access: 'public' },
      schema: { tags, summary: 'Sign in', body: loginSchema, response: { 200: signedInSchema } },
      handler: async (request, reply) => {
        assertNotCrossSite(request)
        return answer(request, reply, await signIn(request.body, originOf(request)))
      },
    })

    http.route({
      method: 'POST',
      url: '/auth/refresh',
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Get a new access token for the refresh cookie, which is replaced',
        response: { 200: signedInSchema },
      },
      handler: async (request, reply) => {
        assertNotCrossSite(request)
        const token = readRefreshCookie(request.headers.cookie)
        if (token === undefined) throw errors.invalid_refresh('The request carries no refresh cookie. Sign in.')
        try {
          return answer(request, reply, await sessions.refresh(token, originOf(request)))
        } catch (error) {
          // So that the browser does not send a dead cookie again and again.
          if (isInvalidRefresh(error)) reply.header('set-cookie', refreshCookie('', 0, request))
          throw error
        }
      },
    })

    http.route({
      method: 'POST',
      url: '/auth/logout',
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Sign out: end the session of the refresh cookie or access token',
        response: { 204: z.void() },
      },
      handler: async (request, reply) => {
        assertNotCrossSite(request)
        const token = readRefreshCookie(request.headers.cookie)
        if (token !== undefined) await sessions.endByToken(token, request.id)
        else if (request.headers.authorization !== undefined) {
          const principal = await authenticate.principalOf(request.headers)
          if (principal.via === 'session' && principal.credentialId)
            await sessions.end(principal, principal.credentialId, request.id)
        }
        return reply
          .header('set-cookie', refreshCookie('', 0, request))
          .code(204)
          .send()
      },
    })

    http.route({
      method: 'GET',
      url: '/auth/me',
      config: { access: 'authenticated' },
      schema: { tags, summary: 'Who am I and what may I do?', response: { 200: meSchema } },
      handler: async ({ principal }) => {
        const user = await users.get(principal.userId)
        const decisions = await Promise.all(actions.map((action) => access.decide(principal, action)))
        const scopes = principal.scopes === null ? null : actions.filter((action) => principal.scopes?.includes(action))
        return { ...user, via: principal.via, scopes, actions: actions.filter((_, index) => decisions[index]?.allowed) }
      },
    })

    http.route({
      method: 'POST',
      url: '/auth/password',
      config: { access: 'authenticated' },
      schema: {
        tags,
        summary: 'Change your own password; your other sessions and API tokens end',
        body: passwordChangeSchema,
        response: { 204: z.void() },
      },
      handler: async (request, reply) => {
        assertSession(request.principal)
        await users.changeOwnPassword(request.principal, request.body, request)
        return reply.code(204).send()
      },
    })

    http.route({
      method: 'POST',
      url: '/auth/socket-ticket',
      config: { access: 'authenticated' },
      schema: { tags, summary: 'Get a ticket that opens one WebSocket', response: { 200: socketTicketSchema } },
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store')
        return { ticket: await tickets.issue(request.principal), expiresInSeconds: ticketSeconds }
      },
    })
  }

const isInvalidRefresh = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'invalid_refresh'
