import type { Aws } from '#aws/cloud.ts'
import { priceTable } from '#aws/prices.ts'
import type { Excluded, Plan } from '#contracts/task.ts'
import type { PlanAccount, SelfApproval } from '../approval-rules.ts'
import type { Operation } from '../operation.ts'
import { delaySecondsOf } from '../approvals/delay.ts'
import { approvalsOf } from './approvals.ts'
import type { PreApproved } from './approvals.ts'
import { expectedSeconds } from './estimate.ts'
import type { Place } from './estimate.ts'
import { planHash } from './hash.ts'
import { undoLabelOf } from '../undo-label.ts'
import { riskOfPlan } from './risk.ts'
import type { Selected } from './select.ts'

const keptMs = 24 * 3_600_000

/** Puts together what is said about the targets that were selected: risk, cost, time, approvals, and the hash over all. */
export const composePlan = (parts: {
  aws: Pick<Aws, 'clock' | 'quotas'>
  operation: Operation
  params: Record<string, unknown>
  /** What of the parameters goes into the plan. */
  kept: Record<string, unknown>
  selected: readonly Selected[]
  excluded: readonly Excluded[]
  accounts: readonly PlanAccount[]
  selfApproval: SelfApproval
  undoOf: string | undefined
  preApproved: PreApproved | undefined
  now: Date
}): Plan => {
  const { aws, operation, params, kept, selected, accounts, selfApproval, undoOf, preApproved, now } = parts
  const targets = selected.map((one) => planTarget(operation, params, one))
  const risk = selected.length === 0 ? operation.risk : riskOfPlan(selected.map((one) => one.risk))
  // What is not kept of the parameters is in the images, which the hash covers.
  const hash = planHash({ operation: operation.name, version: operation.version, params: kept, undoOf, targets })
  return {
    planHash: hash,
    operation: operation.name,
    operationVersion: operation.version,
    params: kept,
    risk,
    undo: undoLabelOf(operation, targets),
    targets,
    excluded: [...parts.excluded].sort((a, b) => (a.id < b.id ? -1 : 1)),
    steps: operation.steps.map(({ name, description }) => ({ name, description })),
    monthlyCostDeltaUsd: costDeltaUsd(operation, selected),
    expectedSeconds: expectedSeconds(aws.quotas, operation, params, placesOf(aws, selected)),
    approvals: approvalsOf({
      operation: operation.name,
      risk,
      targets: targets.length,
      productionTargets: selected.filter(({ attributes }) => attributes.isProduction).length,
      accounts,
      selfApproval,
      preApproved,
    }),
    ...delayOf(aws, operation, params, risk, selected),
    pricesFrom: priceTable.asOf,
    ...(undoOf === undefined ? {} : { undoOf }),
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + keptMs).toISOString(),
    links: { self: `/api/v1/plans/${hash}` },
  }
}

const delayOf = (
  aws: Pick<Aws, 'clock'>,
  operation: Operation,
  params: Record<string, unknown>,
  risk: Plan['risk'],
  selected: readonly Selected[],
): Pick<Plan, 'delaySeconds'> => {
  const accounts = new Map(selected.map(({ account }) => [account.id, account]))
  const delaySeconds = delaySecondsOf(aws, operation, { risk, params, accounts: [...accounts.values()] })
  return delaySeconds > 0 ? { delaySeconds } : {}
}

const planTarget = (operation: Operation, params: Record<string, unknown>, one: Selected): Plan['targets'][number] => {
  const { live, account, region, after } = one
  const warnings = operation.warn?.(live, params, after) ?? []
  return {
    id: live.id,
    name: live.name,
    account: account.id,
    region,
    before: live.image,
    after,
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}

const costDeltaUsd = (operation: Operation, selected: readonly Selected[]): number => {
  const sum = selected.reduce((usd, { live, after }) => usd + operation.monthlyCostDeltaUsd(live, live.image, after), 0)
  return Math.round(sum * 100) / 100
}

const placesOf = (aws: Pick<Aws, 'clock'>, selected: readonly Selected[]): Place[] => {
  const places = new Map<string, Place>()
  for (const { account, region } of selected) {
    const key = `${account.id} ${region}`
    const place = places.get(key) ?? { targets: 0, speed: aws.clock(account).speed }
    place.targets++
    places.set(key, place)
  }
  return [...places.values()]
}
