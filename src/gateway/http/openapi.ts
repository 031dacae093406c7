import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import { problemSchema } from '#contracts/problem.ts'

/** Everything of the page comes from this server, and nothing of it is inline. */
const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // Swagger UI sets style attributes on its elements
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Collects the routes that are registered from now on. Call it before any route. */
export const describeRoutes = async (http: FastifyInstance, version: string): Promise<void> => {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'AWS Orchestrator',
        version,
        description:
          'Whoever wants to change something in AWS files a task; every task is planned, checked, approved when it is risky, executed, verified, undoable and audited. Errors are RFC 9457 problems with a stable `code`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          ticket: {
            type: 'apiKey',
            in: 'query',
            name: 'ticket',
            description: 'A single-use ticket of POST /api/v1/auth/socket-ticket.',
          },
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An access token of POST /api/v1/auth/login, or an API token.',
          },
        },
      },
      security: [{ bearer: [] }],
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document)
      return {
        schema: { ...schema, ...describeAccess(document.route), operationId: operationIdOf(document.route) },
        url,
      }
    },
    transformObject: (document) => withProblems(jsonSchemaTransformObject(document) as OpenAPIV3_1.Document),
  })
}

/** Serves the document and its page. */
export const serveOpenApi = async (http: FastifyInstance): Promise<void> => {
  let text: string | undefined
  http.get(
    '/api/v1/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    async (_request, reply) => {
      text ??= JSON.stringify(http.swagger())
      return reply.type('application/json; charset=utf-8').send(text)
    },
  )
  await http.register(async (scope) => {
    scope.addHook('onRoute', (route) => void (route.config = { ...route.config, access: 'public' }))
    await scope.register(swaggerUi, {
      routePrefix: '/api/docs',
      staticCSP: docsPolicy,
      uiConfig: { docExpansion: 'none', tryItOutEnabled: false },
    })
  })
}

/** The document as a file: two spaces, a final newline, so that it can be compared with the committed copy. */
export const openApiText = (http: FastifyInstance): string => `${JSON.stringify(http.swagger(), null, 2)}\n`

const describeAccess = (route: RouteOptions): Record<string, unknown> => {
  const access = route.config?.access
  if (access === 'public') return { security: [] }
  return typeof access === 'object' ? { 'x-required-action': access.action } : {}
}

/** "get /api/v1/tasks/:id/items" -> "getTasksByIdItems". */
const operationIdOf = (route: RouteOptions): string => {
  const words = route.url
    .replace(/^\/api\/v1/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith(':') ? `by-${part.slice(1)}` : part))
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/))
  return String(route.method).toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

/** Every operation may answer with a problem. */
const withProblems = (document: OpenAPIV3_1.Document): OpenAPIV3_1.Document => {
  const { id: problemId } = problemSchema.meta() ?? {}
  const problem = {
    description: 'What went wrong, as RFC 9457 says',
    content: { 'application/problem+json': { schema: { $ref: `#/components/schemas/${String(problemId)}` } } },
  }
  for (const path of Object.values(document.paths ?? {})) {
    for (const method of methods) {
      const operation = path?.[method]
      if (operation) operation.responses = { ...operation.responses, default: problem }
    }
  }
  return withoutUnused(document)
}

/** Each schema comes in a form for requests and one for answers; what nothing refers to is left out. */
const withoutUnused = (document: OpenAPIV3_1.Document): OpenAPIV3_1.Document => {
  const schemas = document.components?.schemas ?? {}
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      visit(schemas[name])
    }
  }
  visit(document.paths)
  const kept = Object.fromEntries(
    Object.entries(schemas)
      .filter(([name]) => used.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return { ...document, components: { ...document.components, schemas: kept } }
}
