import { z } from 'zod'
import { planSchema } from '#contracts/task.ts'
import { planRequestSchema } from '#contracts/task-request.ts'
import type { HttpService } from '#platform/http/service.ts'
import { errors } from '../errors.ts'
import type { Planner, StoredPlan } from '../plan.ts'
import { planBodyLimitBytes } from './body-limit.ts'

/** The kept plan of a hash. Throws `plan_not_found`. */
export const requirePlan = async (planner: Pick<Planner, 'load'>, planHash: string): Promise<StoredPlan> => {
  const stored = /^[0-9a-f]{64}$/.test(planHash) ? await planner.load(planHash) : null
  if (stored === null) {
    throw errors.plan_not_found(`There is no plan "${planHash}". Plans are kept for 24 hours: make it again.`)
  }
  return stored
}

/** POST /plans and GET /plans/:hash. */
export const planRoutes =
  ({ planner }: { planner: Planner }): HttpService =>
  (http) => {
    http.route({
      method: 'POST',
      url: '/plans',
      config: { access: { action: 'task.create' } },
      bodyLimit: planBodyLimitBytes,
      schema: {
        tags: ['tasks'],
        summary: 'Plan an operation: what would happen to which targets. Kept for 24 hours under its hash',
        body: planRequestSchema,
        response: { 201: planSchema },
      },
      handler: async (request, reply) => {
        const { operation, targets, params, ...rollout } = request.body
        const plan = await planner.plan({
          principal: request.principal,
          operation,
          targets,
          params,
          rollout,
          requestId: request.id,
        })
        return reply.code(201).header('location', plan.links.self).send(plan)
      },
    })

    http.route({
      method: 'GET',
      url: '/plans/:hash',
      config: { access: { action: 'task.read' } },
      schema: {
        tags: ['tasks'],
        summary: 'A kept plan',
        params: z.object({ hash: z.string().max(200) }),
        response: { 200: planSchema },
      },
      handler: async (request) => (await requirePlan(planner, request.params.hash)).plan,
    })
  }
