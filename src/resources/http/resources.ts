import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { asOfSchema } from '#contracts/history.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import {
  logsQuerySchema,
  metricsQuerySchema,
  metricsSchema,
  refreshRequestSchema,
  refreshResultSchema,
  resourceDetailsSchema,
  resourceFilterSchema,
  resourceLogsSchema,
  resourceSortSchema,
  resourceSummarySchema,
} from '#contracts/inventory.ts'
import type { LogsQuery, Metrics, MetricsQuery, ResourceLogs } from '#contracts/inventory.ts'
import { relationsQuerySchema, relationsSchema } from '#contracts/relations.ts'
import type { Relations } from '#contracts/relations.ts'
import { resourceListSchema } from '#contracts/resource.ts'
import type { Freshness } from '#contracts/resource.ts'
import type { Principal } from '#contracts/principal.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { ReadHistory } from '../history/history.ts'
import { cacheHeader } from '../read/freshness.ts'
import type { GetResource } from '../read/get.ts'
import type { ReadLists } from '../read/list.ts'
import type { Refresh } from '../read/refresh.ts'

const listQuerySchema = resourceFilterSchema.extend({
  ...pageQuerySchema.shape,
  sort: resourceSortSchema.default('name'),
})
const atQuerySchema = z.object({
  at: z.iso.datetime({ offset: true }).optional().describe('How it was then, from the history; without cost'),
})
const idSchema = z.object({ id: z.string().min(1).max(2048).describe('The ARN, URL-encoded') })
const tags = ['resources']

export type ResourcesHttpDeps = ReadLists & {
  get: GetResource['get']
  getAt: ReadHistory['at']
  refresh: Refresh
  logs: (principal: Principal, id: string, query: LogsQuery) => Promise<ResourceLogs>
  relations: (principal: Principal, id: string, depth?: number) => Promise<Relations>
  metrics: (principal: Principal, id: string, query: MetricsQuery) => Promise<Metrics>
}

/** Reads of the inventory. Every answer says where it comes from, in `freshness` and as `X-Cache`. */
export const resourcesHttp =
  (deps: ResourcesHttpDeps): HttpService =>
  (http) => {
    const labelled = <Answer extends { freshness: Freshness }>(reply: FastifyReply, answer: Answer): Answer => {
      void reply.header('x-cache', cacheHeader(answer.freshness))
      return answer
    }

    http.route({
      method: 'GET',
      url: '/resources',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'Search the inventory; rows leave `config` empty',
        querystring: listQuerySchema,
        response: { 200: resourceListSchema },
      },
      // Rows are made field by field of what was checked when it was written: to check 200 of them again takes longer than to write them.
      serializerCompiler: () => JSON.stringify,
      handler: async (request, reply) => labelled(reply, await deps.list(request.principal, request.query)),
    })

    http.route({
      method: 'GET',
      url: '/resources/summary',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'Counts and monthly cost by type, account, Region and state',
        querystring: resourceFilterSchema,
        response: { 200: resourceSummarySchema },
      },
      handler: async (request, reply) => labelled(reply, await deps.summary(request.principal, request.query)),
    })

    http.route({
      method: 'POST',
      url: '/resources/refresh',
      config: { access: { action: 'resource.refresh' } },
      schema: {
        tags,
        summary: 'Read resources again from AWS, whatever their age',
        body: refreshRequestSchema,
        response: { 200: refreshResultSchema },
      },
      handler: async (request, reply) => labelled(reply, await deps.refresh(request.principal, request.body)),
    })

    http.route({
      method: 'GET',
      url: '/resources/:id',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'One resource with its whole configuration',
        params: idSchema,
        querystring: atQuerySchema,
        response: { 200: resourceDetailsSchema.extend({ asOf: asOfSchema.optional() }) },
      },
      handler: async (request, reply) => {
        const { at } = request.query
        const { id } = request.params
        const found =
          at === undefined
            ? await deps.get(request.principal, id)
            : await deps.getAt(request.principal, id, new Date(at))
        return labelled(reply, found)
      },
    })

    http.route({
      method: 'GET',
      url: '/resources/:id/relations',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'The neighbours of a resource, theirs where asked for, and what owns it',
        params: idSchema,
        querystring: relationsQuerySchema,
        response: { 200: relationsSchema },
      },
      handler: async (request, reply) =>
        labelled(reply, await deps.relations(request.principal, request.params.id, request.query.depth)),
    })

    http.route({
      method: 'GET',
      url: '/resources/:id/logs',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'Events of a log group, or of the one that a function writes to',
        params: idSchema,
        querystring: logsQuerySchema,
        response: { 200: resourceLogsSchema },
      },
      handler: async (request, reply) =>
        labelled(reply, await deps.logs(request.principal, request.params.id, request.query)),
    })

    http.route({
      method: 'GET',
      url: '/resources/:id/metrics',
      config: { access: { action: 'resource.read' } },
      schema: {
        tags,
        summary: 'Metrics of a resource over time, from CloudWatch',
        params: idSchema,
        querystring: metricsQuerySchema,
        response: { 200: metricsSchema },
      },
      handler: async (request, reply) =>
        labelled(reply, await deps.metrics(request.principal, request.params.id, request.query)),
    })
  }
