import { z } from 'zod'
import { operationListSchema, operationSchema } from '#contracts/operation.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import { pageQuerySchema } from '#contracts/list.ts'
import { pageOfAll } from '#platform/http/paging.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Catalogue } from '../catalogue.ts'
import { errors } from '../errors.ts'
import type { Operation } from '../operation.ts'

/** An operation as the API shows it: all that a form, a command or a tool can be made from. */
export const operationInfo = (operation: Operation): OperationInfo => ({
  name: operation.name,
  version: operation.version,
  title: operation.title,
  description: operation.description,
  targetType: operation.targetType,
  targetsBy: operation.creates === undefined ? 'resources' : 'place',
  params: z.toJSONSchema(operation.params, { io: 'input' }) as Record<string, unknown>, // a JSON Schema is an object
  risk: operation.risk,
  undo: { label: operation.undo.label, note: operation.undo.note ?? null },
  steps: operation.steps.map(({ name, kind, description }) => ({ name, kind, description })),
  iamActions: operation.iamActions,
  maxTargets: operation.maxTargets,
  batchSize: operation.batchSize,
  links: { self: `/api/v1/operations/${operation.name}` },
})

/** The catalogue: GET /operations and /operations/:name. */
export const operationRoutes =
  ({ catalogue }: { catalogue: Catalogue }): HttpService =>
  (http) => {
    const infos = new Map(catalogue.list().map((operation) => [operation.name, operationInfo(operation)]))
    const access = { action: 'operation.read' }

    http.route({
      method: 'GET',
      url: '/operations',
      config: { access },
      schema: {
        tags: ['tasks'],
        summary: 'The operations that tasks can be made of',
        querystring: pageQuerySchema,
        response: { 200: operationListSchema },
      },
      handler: ({ query }) => pageOfAll([...infos.values()], query, (operation) => operation.name),
    })

    http.route({
      method: 'GET',
      url: '/operations/:name',
      config: { access },
      schema: {
        tags: ['tasks'],
        summary: 'One operation: its parameters, risk, undo, steps and IAM actions',
        params: z.object({ name: z.string().max(200) }),
        response: { 200: operationSchema },
      },
      handler: (request) => {
        const info = infos.get(request.params.name)
        if (info === undefined) throw errors.operation_not_found(`There is no operation "${request.params.name}".`)
        return info
      },
    })
  }
