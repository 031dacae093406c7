import type { IncomingMessage } from 'node:http'
import Fastify, { LogController } from 'fastify'
import type { FastifyError, FastifyInstance, FastifyRequest, FastifyReply } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { errors } from '../errors.ts'
import { isUuid, uuidv7 } from '../ids.ts'
import type { Log } from '../log.ts'
import { guardRoutes } from './access-hooks.ts'
import type { AccessOptions, RouteEntry } from './access-hooks.ts'
import { useJsonBodies } from './json-body.ts'
import { pathOf, sendProblem } from './problem.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { logAnswers } from './request-log.ts'
import type { Http } from './service.ts'
import { toAppError } from './to-app-error.ts'

export type HttpServerOptions = AccessOptions & {
  log: Log
  /** Addresses and networks of proxies whose X-Forwarded-* headers are believed. Default: none. */
  trustedProxies?: readonly string[]
  /** Largest body in bytes. Default: 1 MiB. */
  bodyLimitBytes?: number
  /** Take the request id from `X-Request-Id`: only behind a gateway of ours, which has made it. Default: false. */
  acceptsRequestId?: boolean
  /** PEM of the certificate chain and its key. With it: TLS 1.3 only, HTTP/2 and HTTP/1.1 on the same port. */
  tls?: { cert: string | Buffer; key: string | Buffer }
}

/** The longest part of a path: an ARN is up to 2,048 characters. */
const maxParamLength = 2048
/** A client that takes longer to send its request than this is cut off (slow loris). */
const requestTimeoutMs = 60_000
const headersTimeoutMs = 15_000
/** Longer than the 60 s of an AWS load balancer, so that it is never us who close a connection it is about to use. */
const keepAliveTimeoutMs = 72_000

/**
 * The HTTP server that the gateway and the service processes share: JSON only, zod schemas, request ids, access by route,
 * and every error as problem+json.
 */
export const createHttpServer = (options: HttpServerOptions): { http: Http; routes: RouteEntry[] } => {
  const http = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (raw: IncomingMessage) =>
      (options.acceptsRequestId ? givenId(raw.headers['x-request-id']) : undefined) ?? uuidv7(),
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    routerOptions: { maxParamLength, ignoreTrailingSlash: true },
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    return503OnClosing: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void answerBadUrl(error, request, reply, options),
    clientErrorHandler: answerBrokenRequest,
    ...(options.tls === undefined
      ? {}
      : { http2: true, https: { ...options.tls, minVersion: 'TLSv1.3', allowHTTP1: true } }),
    // Fastify's types tie the instance to http or http2 by overload; the rest of the code uses only what both share.
  } as object) as unknown as FastifyInstance
  if ('headersTimeout' in http.server) http.server.headersTimeout = headersTimeoutMs

  http.setValidatorCompiler(validatorCompiler)
  http.setSerializerCompiler(serializerCompiler)
  useJsonBodies(http)
  http.addHook('onRequest', async (request, reply) => {
    setFixedHeaders(request, reply, options.tls !== undefined)
  })
  const { routes } = guardRoutes(http, options)
  http.addHook('onRequest', async (request) => {
    if (request.url.includes('%00')) throw errors.invalid_request('The address contains a NUL character (%00).')
  })
  logAnswers(http)

  http.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply))
  http.setNotFoundHandler((request) => {
    throw errors.not_found(`There is no ${request.method} ${shorten(pathOf(request.url))}.`)
  })
  // The zod compilers are set above; only the type provider's type is missing.
  return { http: http as unknown as Http, routes }
}

const givenId = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && isUuid(header) ? header : undefined

/** Set one by one: helmet costs 40 % of the throughput, and an API needs only these. The web app sets its own. */
const setFixedHeaders = (request: FastifyRequest, reply: FastifyReply, isTls: boolean): void => {
  void reply.header('x-request-id', request.id)
  void reply.header('x-content-type-options', 'nosniff')
  if (isTls) void reply.header('strict-transport-security', 'max-age=31536000')
  if (!request.url.startsWith('/api')) return
  void reply.header('cache-control', 'no-store')
  void reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  void reply.header('referrer-policy', 'no-referrer')
  void reply.header('cross-origin-resource-policy', 'same-origin')
}

const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const known = toAppError(error, request)
  if (known.status >= 500) request.log[known.isRetryable ? 'warn' : 'error']({ err: error }, 'request failed')
  else if (known !== error && known.cause !== undefined)
    request.log.debug({ err: error, code: known.code }, 'request refused')
  return sendProblem(known, request, reply)
}

/** The router refuses such a path before any hook runs, so the caller's identity is asked for here. */
const answerBadUrl = async (
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  options: HttpServerOptions,
): Promise<void> => {
  setFixedHeaders(request, reply, options.tls !== undefined)
  try {
    if (request.url.startsWith('/api/v1')) await options.authenticate(request)
    answerError(error, request, reply)
  } catch (refusal) {
    answerError(refusal, request, reply)
  }
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
