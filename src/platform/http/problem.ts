import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '#contracts/problem.ts'
import type { AppError } from '../app-error.ts'

/** The RFC 9457 body of an error. The query string stays out of `instance`: it may hold a ticket. */
export const problemOf = (error: AppError, url: string, requestId: string): Problem => ({
  type: `urn:aws-orchestrator:problem:${error.code}`,
  title: error.title,
  status: error.status,
  detail: error.message,
  instance: pathOf(url),
  code: error.code,
  ...(error.errors === undefined ? {} : { errors: error.errors }),
  requestId,
})

/** The path of a request's URL, without its query. */
export const pathOf = (url: string): string => {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

/** Answers with the problem and the headers that belong to its status. */
export const sendProblem = (error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const retryAfterSeconds = error.retryAfterSeconds ?? (error.status === 429 || error.status === 503 ? 1 : undefined)
  if (retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer')
  return (
    reply
      .code(error.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .header('cache-control', 'no-store')
      // As text, so that no route's response schema is applied to it.
      .serializer((text: string) => text)
      .send(JSON.stringify(problemOf(error, request.url, request.id)))
  )
}
