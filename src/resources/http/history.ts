import { z } from 'zod'
import { changesQuerySchema, changesSchema, historyQuerySchema, historySchema } from '#contracts/history.ts'
import {
  netChangesQuerySchema,
  netChangesSchema,
  resourceNetQuerySchema,
  resourceNetSchema,
} from '#contracts/net-changes.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { ReadChanges } from '../history/changes.ts'
import type { ReadHistory } from '../history/history.ts'
import type { ReadNetChanges } from '../history/net-changes.ts'
import type { ReadResourceNet } from '../history/resource-net.ts'

const idSchema = z.object({ id: z.string().min(1).max(2048).describe('The ARN, URL-encoded') })
const tags = ['resources']
const mayRead = { access: { action: 'resource.read' } }

export type HistoryHttpDeps = {
  history: ReadHistory['history']
  changes: ReadChanges
  netChanges: ReadNetChanges
  resourceNet: ReadResourceNet
}

/** What became of resources. */
export const historyHttp =
  ({ history, changes, netChanges, resourceNet }: HistoryHttpDeps): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/resources/:id/history',
      config: mayRead,
      schema: {
        tags,
        summary: 'What changed in a resource, the newest first, also of one that is gone',
        params: idSchema,
        querystring: historyQuerySchema,
        response: { 200: historySchema },
      },
      handler: (request) => history(request.principal, request.params.id, request.query),
    })

    http.route({
      method: 'GET',
      url: '/resources/changes',
      config: mayRead,
      schema: {
        tags,
        summary:
          'What changed between two times in all resources, the newest first; the last day unless asked otherwise',
        querystring: changesQuerySchema,
        response: { 200: changesSchema },
      },
      handler: (request) => changes(request.principal, request.query),
    })

    http.route({
      method: 'GET',
      url: '/resources/:id/history/net',
      config: mayRead,
      schema: {
        tags,
        summary: 'What is different in a resource between two times, all in all, also in one that is gone',
        params: idSchema,
        querystring: resourceNetQuerySchema,
        response: { 200: resourceNetSchema },
      },
      handler: (request) => resourceNet(request.principal, request.params.id, request.query),
    })

    http.route({
      method: 'GET',
      url: '/resources/changes/net',
      config: mayRead,
      schema: {
        tags,
        summary:
          'What is different between two times in all resources, all in all: what changed back is left out; the last day unless asked otherwise',
        querystring: netChangesQuerySchema,
        response: { 200: netChangesSchema },
      },
      handler: (request) => netChanges(request.principal, request.query),
    })
  }
