import { runAfterOf } from '#contracts/bulk.ts'
import { planSchema } from '#contracts/task.ts'
import { filedTaskSchema, taskRequestSchema } from '#contracts/task-request.ts'
import type { FiledTask, TaskRequest } from '#contracts/task-request.ts'
import type { Principal } from '#contracts/principal.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Access } from '#security/access.ts'
import type { Catalogue } from '../catalogue.ts'
import { errors } from '../errors.ts'
import type { Planner, StoredPlan } from '../plan.ts'
import { planBodyLimitBytes } from './body-limit.ts'
import { idempotencyOf } from './idempotency.ts'
import { requirePlan } from './plans.ts'
import { requirePredecessors } from './predecessors.ts'
import type { Idempotency, TaskService } from './task-service.ts'

/** Excluded targets that are named one by one when there is nothing to do. */
const namedExclusions = 50

type Deps = { planner: Planner; catalogue: Catalogue; tasks: TaskService; access: Pick<Access, 'require'> }

/** POST /tasks: files a task by the hash of a kept plan, or planned on the spot. */
export const fileTaskRoute =
  ({ planner, catalogue, tasks, access }: Deps): HttpService =>
  (http) => {
    const planFor = async (principal: Principal, body: TaskRequest, requestId: string): Promise<StoredPlan> => {
      const { operation, targets, planHash } = body
      if (operation === undefined || targets === undefined) {
        // The schema asks for a planHash where there is no operation.
        const stored = await requirePlan(planner, planHash ?? '')
        requireCurrent(catalogue, stored)
        await planner.authorize(principal, stored, requestId)
        return stored
      }
      const { waves, soakSeconds, errorBudget, onBudget, watchAlarms } = body
      const stored = await planner.prepare({
        principal,
        operation,
        targets,
        params: body.params ?? {},
        rollout: { waves, soakSeconds, errorBudget, onBudget, watchAlarms },
        requestId,
      })
      if (planHash !== undefined && planHash !== stored.plan.planHash) {
        throw errors.plan_changed(
          `The plan is now ${stored.plan.planHash}, not "${planHash}": targets or their state changed. Look at the new plan.`,
          { errors: [{ path: 'planHash', message: `Now ${stored.plan.planHash}`, value: planHash }] },
        )
      }
      return stored
    }

    const fileNew = async (
      principal: Principal,
      body: TaskRequest,
      idempotency: Idempotency | undefined,
      requestId: string,
    ): Promise<FiledTask> => {
      if (body.breakGlass) {
        await access.require(principal, 'task.breakGlass', undefined, { requestId })
      }
      const stored = await planFor(principal, body, requestId)
      requireTargets(stored)
      if (body.breakGlass) await planner.authorize(principal, stored, requestId, 'task.breakGlass')
      const runAfter = body.runAfter == null ? [] : runAfterOf(body.runAfter)
      await requirePredecessors({ tasks, access }, runAfter, principal, requestId)
      const { isNew: _isNew, ...filed } = await tasks.file({
        principal,
        stored,
        reason: body.reason ?? null,
        priority: body.priority,
        ...(body.scheduledFor === undefined ? {} : { scheduledFor: new Date(body.scheduledFor) }),
        ...(body.breakGlass ? { breakGlass: body.breakGlass } : {}),
        ...(runAfter.length === 0 ? {} : { runAfter }),
        ...(idempotency === undefined ? {} : { idempotency }),
        requestId,
      })
      return filed
    }

    http.route({
      method: 'POST',
      url: '/tasks',
      config: { access: { action: 'task.create' } },
      bodyLimit: planBodyLimitBytes,
      schema: {
        tags: ['tasks'],
        summary: 'File a task. With an Idempotency-Key it may be sent again: the answer is the same, the task is one',
        body: taskRequestSchema,
        response: { 200: planSchema, 202: filedTaskSchema },
      },
      handler: async (request, reply) => {
        const { body, principal } = request
        const idempotency = body.dryRun ? undefined : idempotencyOf(request.headers['idempotency-key'], body)
        const earlier = idempotency === undefined ? null : await tasks.replay({ principal, idempotency })
        if (earlier !== null) return reply.code(202).header('location', taskUrl(earlier.id)).send(earlier)

        if (body.dryRun) return reply.code(200).send((await planFor(principal, body, request.id)).plan)
        const filed = await fileNew(principal, body, idempotency, request.id).catch(async (error: unknown) => {
          // The same request may have been filed, and its work begun, while this one was planned.
          const meanwhile = idempotency === undefined ? null : await tasks.replay({ principal, idempotency })
          if (meanwhile === null) throw error
          return meanwhile
        })
        return reply.code(202).header('location', taskUrl(filed.id)).send(filed)
      },
    })
  }

export const taskUrl = (id: string): string => `/api/v1/tasks/${id}`

const requireCurrent = (catalogue: Catalogue, { plan, operationVersion }: StoredPlan): void => {
  if (plan.undoOf !== undefined) {
    throw errors.plan_is_undo(
      `Plan "${plan.planHash}" takes back task ${plan.undoOf}: file it with POST ${taskUrl(plan.undoOf)}/undo.`,
    )
  }
  if (plan.retryOf !== undefined) {
    throw errors.plan_is_retry(
      `Plan "${plan.planHash}" tries task ${plan.retryOf} again: file it with POST ${taskUrl(plan.retryOf)}/retry.`,
    )
  }
  const current = catalogue.get(plan.operation).version
  if (current !== operationVersion) {
    throw errors.plan_outdated(
      `The plan was made by version ${operationVersion} of ${plan.operation}, which is at ${current} now. Make it again.`,
    )
  }
}

const requireTargets = ({ plan, targets }: StoredPlan): void => {
  if (plan.targets.length > 0) return
  const why =
    plan.excluded.length > 0
      ? `all ${plan.excluded.length} targets are excluded (${plan.excluded[0]?.id}: ${plan.excluded[0]?.why})`
      : 'query' in targets
        ? `the query "${targets.query}" matches nothing`
        : 'no target is left'
  throw errors.nothing_to_do(`Nothing to do: ${why}.`, {
    errors: plan.excluded
      .slice(0, namedExclusions)
      .map(({ id, why: message }) => ({ path: 'targets', message, value: id })),
  })
}
