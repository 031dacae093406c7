import type { Access } from '#security/access.ts'
import type { Aws } from '#aws/cloud.ts'
import type { FreezeNotice } from '#contracts/freeze.ts'
import type { RolloutRequest } from '#contracts/bulk.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource, Targets } from '#contracts/resource.ts'
import type { Excluded, Plan } from '#contracts/task.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { maySelfApprove } from './approval-rules.ts'
import type { PlanAccount, SelfApproval } from './approval-rules.ts'
import type { Catalogue } from './catalogue.ts'
import { errors } from './errors.ts'
import { noticeOf } from './freezes/calendar.ts'
import { liveFreezes } from './freezes/store.ts'
import type { Operation } from './operation.ts'
import type { Desired } from './plan/changes.ts'
import type { PreApproved } from './plan/approvals.ts'
import { composePlan } from './plan/compose.ts'
import { withExposure } from './plan/exposure.ts'
import type { ExposureOf } from './plan/exposure.ts'
import { foreseen } from './plan/foreseen.ts'
import { parseParams } from './plan/params.ts'
import { describedTargets, isPlace, requireFitting, restoredTargets } from './plan/place.ts'
import { readLive } from './plan/read-live.ts'
import type { Located } from './plan/read-live.ts'
import { deniedTargets } from './plan/rights.ts'
import type { Rights } from './plan/rights.ts'
import { allDenied, selectTargets } from './plan/select.ts'
import type { Selected } from './plan/select.ts'
import { alarmsToWatch } from './plan/watch-alarms.ts'
import { dropExpiredPlans, keepPlan, loadPlan } from './plan/store.ts'
import type { PlanRow } from './plan/store.ts'
import { requireStorable } from './plan/text.ts'

/** Looks a selector up in the inventory; ids of another type come back all the same, those that it doesn't know as `unknown`. */
export type ResolveTargets = (
  principal: Principal,
  targets: Targets,
  targetType: string,
) => Promise<{ resources: Resource[]; unknown: string[] }>

export type PlanRequest = {
  principal: Principal
  operation: string
  targets: Targets
  params: unknown
  /** The task that this plan takes back. */
  undoOf?: string
  /** The task whose failed items this plan tries again. */
  retryOf?: string
  /** Waves and error budget; what is left open gets the default. */
  rollout?: RolloutRequest
  /** The images of an earlier task's targets that are to be brought back or about, for operations whose undo goes by images. */
  desired?: Desired
  /** Why the plan needs no approval although its class asks for one, up to which class. */
  preApproved?: PreApproved
  requestId?: string
}

/** A plan as it is kept: frozen in everything that its hash covers. */
export type StoredPlan = PlanRow & {
  /** It needs an approval that its requester can't give. */
  needsSomeoneElse: boolean
}

export type Planner = {
  /** Makes a plan and keeps it for 24 hours under its hash. A plan without targets says in `excluded` why. */
  plan: (request: PlanRequest) => Promise<Plan>
  /** The same, with what filing needs to know. */
  prepare: (request: PlanRequest) => Promise<StoredPlan>
  /** Null when it was never made or is older than 24 hours. */
  load: (planHash: string) => Promise<StoredPlan | null>
  /** Rights may have changed since, or another person files it. Throws `targets_denied`, naming the targets. */
  authorize: (
    principal: Principal,
    stored: StoredPlan,
    requestId?: string,
    action?: 'task.create' | 'task.breakGlass',
  ) => Promise<void>
}

const sweepEveryMs = 60_000

/**
 * Plans: validates the parameters, resolves the selector to a frozen list, reads every target live, leaves out what the
 * principal may not touch and what a guard speaks against, and says what will happen to the rest, at what risk, cost and
 * time.
 */
export const createPlanner = (deps: {
  db: Database
  clock: Clock
  aws: Aws
  access: Pick<Access, 'decide'>
  catalogue: Catalogue
  resolveTargets: ResolveTargets
  exposureOf?: ExposureOf | undefined
  selfApproval: SelfApproval
}): Planner => {
  const { db, clock, aws, catalogue, selfApproval } = deps
  const rights: Rights = { access: deps.access, sql: db }

  const resolve = async (
    request: PlanRequest,
    operation: Operation,
    params: Record<string, unknown>,
  ): Promise<{ resources: Located[]; excluded: Excluded[] }> => {
    const { principal, targets, desired } = request
    const { targetType, maxTargets } = operation
    if (operation.creates && desired) return { resources: restoredTargets(desired), excluded: [] }
    requireFitting(operation, targets)
    if (isPlace(targets))
      return {
        resources: await describedTargets({ aws, access: deps.access }, operation, { principal, targets, params }),
        excluded: [],
      }
    const { resources, unknown } = await deps.resolveTargets(principal, targets, targetType)
    const distinct = [...new Map(resources.map((resource) => [resource.id, resource])).values()]
    if (distinct.length > maxTargets) {
      throw errors.too_many_targets(
        `${distinct.length} targets; ${request.operation} takes ${maxTargets} at most. Narrow the selection.`,
      )
    }
    const excluded: Excluded[] = [
      ...[...new Set(unknown)].map((id) => ({
        id,
        why: `unknown: no ${targetType} of this id is in the inventory of the accounts and Regions in question`,
      })),
      ...distinct
        .filter(({ type }) => type !== targetType)
        .map(({ id, type }) => ({ id, why: `is of type ${type}; ${request.operation} works on ${targetType}` })),
    ]
    return { resources: distinct.filter(({ type }) => type === targetType), excluded }
  }

  /** What hangs on the targets of an operation that takes them out. */
  const expose = async (principal: Principal, operation: Operation, selected: Selected[]): Promise<Selected[]> => {
    if (operation.takesOut !== true || deps.exposureOf === undefined || selected.length === 0) return selected
    return withExposure(
      selected,
      await deps.exposureOf(
        principal,
        selected.map(({ live }) => live.id),
      ),
    )
  }

  const prepare = async (request: PlanRequest): Promise<StoredPlan> => {
    const operation = catalogue.get(request.operation)
    const { params, kept } = paramsOf(operation, request)
    requireStorable(request.targets, 'targets')
    const resolved = await resolve(request, operation, params)
    const { principal, desired, requestId = null } = request
    const recorded =
      desired && new Map([...desired].flatMap(([id, { before }]) => (before === null ? [] : [[id, before]])))
    const live = await readLive(aws, operation, params, resolved.resources, recorded)
    const { candidates } = live
    const choice = await selectTargets({ rights, principal, requestId, operation, params, desired, candidates })
    const exposed = await expose(principal, operation, choice.selected)
    const { selected, excluded: foreseeable } = await foreseen(aws, operation, params, exposed)

    // Taking back is quick and all at once: how it was before is known to have worked.
    const rollout = request.undoOf === undefined ? (request.rollout ?? {}) : { waves: 'none' as const }
    const watchAlarms = await alarmsToWatch({ aws, resolveTargets: deps.resolveTargets }, principal, rollout)

    const accounts = accountsOf(selected)
    const now = clock.now()
    const plan = composePlan({
      aws,
      operation,
      params,
      kept,
      selected,
      excluded: [...resolved.excluded, ...live.excluded, ...choice.excluded, ...foreseeable],
      accounts,
      selfApproval,
      undoOf: request.undoOf,
      retryOf: request.retryOf,
      rollout,
      watchAlarms,
      preApproved: request.preApproved,
      now,
    })
    const row: PlanRow = {
      plan,
      targets: request.targets,
      requestedBy: principal.userId,
      operationVersion: operation.version,
      accounts,
      attributes: selected.map(({ attributes }) => attributes),
    }
    await keepPlan(db, row)
    await sweep(now)
    return stored(row, now)
  }

  let sweptMs = 0
  /** Expired plans go with the next plan that is made, but not with every one. */
  const sweep = async (now: Date): Promise<void> => {
    if (now.getTime() - sweptMs < sweepEveryMs) return
    sweptMs = now.getTime()
    // Nobody's plan fails for it: the next round tries again.
    await dropExpiredPlans(db, now).catch(() => {})
  }

  /** Whether a freeze holds it isn't kept: the calendar may change. */
  const stored = async (row: PlanRow, now: Date): Promise<StoredPlan> => ({
    ...row,
    plan: withFreeze(row.plan, noticeOf(await liveFreezes(db, now), row.plan, now)),
    needsSomeoneElse: row.plan.approvals.needed > 0 && !maySelfApprove(selfApproval, row.accounts),
  })

  return {
    prepare,
    plan: async (request) => (await prepare(request)).plan,
    load: async (hash) => {
      const now = clock.now()
      const row = await loadPlan(db, hash, now)
      return row === null ? null : stored(row, now)
    },
    authorize: async (principal, { plan, attributes }, requestId, action) => {
      const denied = await deniedTargets(
        rights,
        {
          principal,
          operation: plan.operation,
          risk: plan.risk,
          requestId: requestId ?? null,
          ...(action && { action }),
        },
        attributes,
      )
      if (denied.size > 0) throw allDenied(plan.operation, denied)
    },
  }
}

/**
 * The parameters to plan with, and what is kept of them. What is planned by recorded images of an earlier task brings what was
 * kept of that one's parameters, which were checked back then.
 */
const paramsOf = (
  operation: Operation,
  { params: given, desired }: Pick<PlanRequest, 'params' | 'desired'>,
): { params: Record<string, unknown>; kept: Record<string, unknown> } => {
  if (desired !== undefined && operation.keptParams) {
    const kept = given as Record<string, unknown> // of a task's row
    return { params: kept, kept }
  }
  const params = parseParams(operation, given)
  return { params, kept: operation.keptParams?.(params) ?? params }
}

const withFreeze = (plan: Plan, freeze: FreezeNotice | null): Plan => (freeze === null ? plan : { ...plan, freeze })

const accountsOf = (selected: readonly Selected[]): PlanAccount[] => {
  const accounts = new Map(selected.map(({ account }) => [account.id, account]))
  return [...accounts.values()]
    .map(({ id, cloud, isProduction }) => ({ id, cloud, isProduction }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}
