import { z } from 'zod'
import {
  newUserSchema,
  passwordSchema,
  userChangeSchema,
  userListSchema,
  userQuerySchema,
  userSchema,
} from '#contracts/user.ts'
import type { Database } from '#platform/db/database.ts'
import type { HttpService } from '#platform/http/service.ts'
import { listUsers } from './list.ts'
import type { Users } from './users.ts'

const tags = ['users']
const params = z.object({ id: z.uuid() })
const manage = { access: { action: 'user.manage' } }

/** `/users`: who may sign in and with which roles. */
export const usersHttp =
  (deps: { db: Database; users: Users }): HttpService =>
  (http) => {
    const { db, users } = deps

    http.route({
      method: 'GET',
      url: '/users',
      config: { access: { action: 'user.read' } },
      schema: { tags, summary: 'List users', querystring: userQuerySchema, response: { 200: userListSchema } },
      handler: (request) => listUsers(db, request.query),
    })

    http.route({
      method: 'POST',
      url: '/users',
      config: manage,
      schema: { tags, summary: 'Create a user', body: newUserSchema, response: { 201: userSchema } },
      handler: async (request, reply) => {
        const user = await users.create(request.principal, request.body, request.id)
        return reply.code(201).header('location', `/api/v1/users/${user.id}`).send(user)
      },
    })

    http.route({
      method: 'GET',
      url: '/users/:id',
      config: { access: { action: 'user.read' } },
      schema: { tags, summary: 'Get a user', params, response: { 200: userSchema } },
      handler: (request) => users.get(request.params.id),
    })

    http.route({
      method: 'PATCH',
      url: '/users/:id',
      config: manage,
      schema: {
        tags,
        summary: 'Change a user',
        description: 'A change of roles, status or password ends the sessions and API tokens of the user.',
        params,
        body: userChangeSchema,
        response: { 200: userSchema },
      },
      handler: (request) => users.change(request.principal, request.params.id, request.body, request.id),
    })

    http.route({
      method: 'POST',
      url: '/users/:id/password',
      config: manage,
      schema: {
        tags,
        summary: "Set a user's password",
        params,
        body: z.strictObject({ password: passwordSchema }),
        response: { 204: z.void() },
      },
      handler: async (request, reply) => {
        await users.change(request.principal, request.params.id, { password: request.body.password }, request.id)
        return reply.code(204).send()
      },
    })

    http.route({
      method: 'DELETE',
      url: '/users/:id',
      config: manage,
      schema: { tags, summary: 'Delete a user', params, response: { 204: z.void() } },
      handler: async (request, reply) => {
        await users.remove(request.principal, request.params.id, request.id)
        return reply.code(204).send()
      },
    })
  }
