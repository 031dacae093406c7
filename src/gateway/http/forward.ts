import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '#contracts/principal.ts'
import { AppError } from '#platform/app-error.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { errors } from '../errors.ts'

export type ForwardOptions = {
  /** The service's name: the audience of the internal token. */
  name: string
  /** Where a process of that service listens. */
  url: string
  /** A short-lived token that says who is acting, for that service only. */
  signInternal: (principal: Principal, audience: string) => Promise<string>
  /** Of routes that say nothing else. */
  bodyLimitBytes: number
}

/** Headers of this connection (RFC 9110 section 7.6.1), and those that carry the client's own rights or id. */
const ownHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'expect',
  'cookie',
  'authorization',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

/**
 * Makes the routes of a scope answer from another process: the same request goes to the service's URL with an internal
 * token in place of the client's, and the answer streams back. The service validates and authorizes; here the request is
 * only authenticated. Registered before the routes, so that their schemas still describe them.
 */
export const forwardRoutes = (scope: FastifyInstance, options: ForwardOptions): void => {
  const forward = createForwarder(options)
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, forwardedTo: options.name }
    route.handler = forward
    route.validatorCompiler = () => (value: unknown) => ({ value })
    delete route.preHandler
    delete route.preValidation
  })
}

type Attempt = { answer: IncomingMessage } | { failure: Error; isStale: boolean }

const createForwarder = (options: ForwardOptions) => {
  const isTls = options.url.startsWith('https:')
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const send = isTls ? httpsRequest : httpRequest

  const limitOf = (request: FastifyRequest): number => request.routeOptions.bodyLimit ?? options.bodyLimitBytes

  /** Resolves with the answer's head. Aborts when the client goes away. */
  const attempt = (request: FastifyRequest, reply: FastifyReply, headers: IncomingHttpHeaders): Promise<Attempt> =>
    new Promise((resolve) => {
      const target: RequestOptions = { method: request.method, headers, agent }
      const upstream = send(new URL(request.url, options.url), target, (answer) => resolve({ answer }))
      upstream.on('error', (failure: NodeJS.ErrnoException) =>
        resolve({ failure, isStale: upstream.reusedSocket && failure.code === 'ECONNRESET' }),
      )
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) upstream.destroy()
      })
      if (!hasBody(request)) return void upstream.end()
      const mostBytes = limitOf(request)
      let sentBytes = 0
      request.raw.on('data', (chunk: Buffer) => {
        sentBytes += chunk.length
        // Told here: the service would hang up in the middle of the body, and its answer might be lost with the connection.
        if (sentBytes > mostBytes) upstream.destroy(tooLarge())
      })
      request.raw.pipe(upstream)
    })

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (Number(request.headers['content-length'] ?? 0) > limitOf(request)) {
      throw tooLarge()
    }
    const headers = await headersFor(request, options)
    let result = await attempt(request, reply, headers)
    // A kept connection may have been closed by the other side just now; a read can be sent again.
    if ('failure' in result && result.isStale && isRead(request)) result = await attempt(request, reply, headers)
    if ('failure' in result) {
      if (result.failure instanceof AppError) throw result.failure
      request.log.warn({ err: result.failure, service: options.name }, 'service cannot be reached')
      throw errors.service_unavailable(
        `The ${options.name} service cannot be reached right now. Try again in a moment.`,
        {
          cause: result.failure,
          retryAfterSeconds: 2,
        },
      )
    }
    const { answer } = result
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && !ownHeaders.has(name)) void reply.header(name, value)
    }
    // A service that dies in the middle of its answer ends the client's connection too: half an answer must not look whole.
    answer.on('error', () => reply.raw.destroy())
    return reply.code(answer.statusCode ?? 502).send(answer)
  }
}

const tooLarge = (): AppError =>
  platformErrors.too_large('The body is larger than this route takes. Send less at once.')

const isRead = (request: FastifyRequest): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') && !hasBody(request)

const hasBody = (request: FastifyRequest): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

const headersFor = async (request: FastifyRequest, options: ForwardOptions): Promise<IncomingHttpHeaders> => {
  const headers: IncomingHttpHeaders = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (!ownHeaders.has(name) && !name.startsWith(':')) headers[name] = value
  }
  if (request.principal) headers.authorization = `Bearer ${await options.signInternal(request.principal, options.name)}`
  headers['x-request-id'] = request.id
  headers['x-forwarded-for'] = request.ip
  headers['x-forwarded-proto'] = request.protocol
  headers['x-forwarded-host'] = request.host
  return headers
}
