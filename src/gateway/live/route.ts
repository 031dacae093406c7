import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { Principal } from '#contracts/principal.ts'
import type { Http } from '#platform/http/service.ts'
import { errors } from '../errors.ts'

export const liveUrl = '/api/v1/live'

/** A subscription names 100 topics of 200 characters at most. */
const maxMessageBytes = 64 * 1024

/**
 * `GET /api/v1/live`: the WebSocket. It is opened with a single-use ticket, since browsers can't send an Authorization
 * header with one; redeeming the ticket is this route's authentication.
 */
export const serveLive = async (
  http: Http,
  accept: (socket: WebSocket, principal: Principal) => void,
): Promise<void> => {
  await (http as unknown as FastifyInstance).register(websocket, {
    options: { maxPayload: maxMessageBytes },
    // The hub closes its sockets itself, each with a code that says why.
    preClose: (done) => done(),
    errorHandler: (_error, socket) => socket.terminate(),
  })
  // The socket of a refused upgrade is half open and nobody's: the plugin ends only those that got past authentication.
  http.addHook('onResponse', async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon()
  })
  http.after(() => {
    http.route({
      method: 'GET',
      url: liveUrl,
      config: { access: 'authenticated' },
      schema: {
        tags: ['live'],
        summary: 'Live events over WebSocket',
        description:
          'Open it with a ticket of POST /api/v1/auth/socket-ticket. Send {"subscribe": ["tasks", "tasks/<id>", "resources", "alerts"], "since": "<cursor>"}; receive {cursor, topic, type, at, data}.',
        querystring: z.object({ ticket: z.string().max(512) }),
        security: [{ ticket: [] }],
      },
      handler: async (_request, reply) => {
        void reply.header('upgrade', 'websocket').header('connection', 'upgrade')
        throw errors.upgrade_required('Open this address as a WebSocket, with the ticket as its query.')
      },
      wsHandler: (socket, request) => accept(socket, request.principal),
    })
  })
}
