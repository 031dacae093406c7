import type { FastifyInstance } from 'fastify'
import { pathOf } from './problem.ts'

/** One line for each answer: reads at debug, changes at info, failures of ours at error. Never the query: it may hold a ticket. */
export const logAnswers = (http: FastifyInstance): void => {
  http.addHook('onResponse', async (request, reply) => {
    const entry = {
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      ...(request.principal ? { userId: request.principal.userId } : {}),
    }
    if (reply.statusCode >= 500) request.log.error(entry, 'answered')
    else if (request.method === 'GET' || request.method === 'HEAD') request.log.debug(entry, 'answered')
    else request.log.info(entry, 'answered')
  })
}
