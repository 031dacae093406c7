import type { Aws } from '#aws/cloud.ts'
import { priceTable } from '#aws/prices.ts'
import type { RolloutRequest, WatchedAlarm } from '#contracts/bulk.ts'
import type { Excluded, Plan } from '#contracts/task.ts'
import type { PlanAccount, SelfApproval } from '../approval-rules.ts'
import type { Operation } from '../operation.ts'
import { delaySecondsOf } from '../approvals/delay.ts'
import { approvalsOf } from './approvals.ts'
import type { PreApproved } from './approvals.ts'
import { expectedSeconds } from './estimate.ts'
import type { Place } from './estimate.ts'
import { expectedWaves } from './estimate-waves.ts'
import { planHash } from './hash.ts'
import { undoLabelOf } from '../undo-label.ts'
import { riskOfPlan } from './risk.ts'
import { rolloutOf } from './rollout.ts'
import type { Rollout } from './rollout.ts'
import type { Selected } from './select.ts'
import { inWaves } from './waves.ts'

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
  retryOf: string | undefined
  /** What was asked for about waves and a budget. */
  rollout: RolloutRequest
  watchAlarms: readonly WatchedAlarm[]
  preApproved: PreApproved | undefined
  now: Date
}): Plan => {
  const { aws, operation, params, kept, accounts, selfApproval, undoOf, retryOf, preApproved, now } = parts
  const rollout = rolloutOf(parts.rollout, parts.selected.length, parts.watchAlarms)
  const selected = inWaves(parts.selected, rollout.sizes)
  const targets = selected.map((one) => planTarget(operation, params, one))
  const risk = selected.length === 0 ? operation.risk : riskOfPlan(selected.map((one) => one.risk))
  const hash = planHash({
    operation: operation.name,
    version: operation.version,
    // What is not kept of the parameters is in the images, which the hash covers.
    params: kept,
    undoOf,
    retryOf,
    rollout,
    targets,
  })
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
    ...timesOf(aws, operation, params, selected, rollout),
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
    ...(rollout.errorBudget === null ? {} : { errorBudget: rollout.errorBudget, onBudget: rollout.onBudget }),
    ...(rollout.watchAlarms === undefined ? {} : { watchAlarms: [...rollout.watchAlarms] }),
    ...(undoOf === undefined ? {} : { undoOf }),
    ...(retryOf === undefined ? {} : { retryOf }),
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

/** How long it takes, and with waves how long each of them does. */
const timesOf = (
  aws: Pick<Aws, 'clock' | 'quotas'>,
  operation: Operation,
  params: Record<string, unknown>,
  selected: readonly Selected[],
  { sizes, soakSeconds }: Rollout,
): Pick<Plan, 'expectedSeconds' | 'waves' | 'soakSeconds'> => {
  if (sizes.length < 2) {
    return { expectedSeconds: expectedSeconds(aws.quotas, operation, params, placesOf(aws, selected)) }
  }
  let from = 0
  const places = sizes.map((size) => placesOf(aws, selected.slice(from, (from += size))))
  const { waves, all } = expectedWaves(aws.quotas, operation, params, places, soakSeconds)
  return {
    expectedSeconds: all,
    // One for each size, in order.
    waves: sizes.map((size, index) => ({ size, expectedSeconds: waves[index]! })),
    soakSeconds,
  }
}

const planTarget = (operation: Operation, params: Record<string, unknown>, one: Selected): Plan['targets'][number] => {
  const { live, account, region, after } = one
  const warnings = [...(operation.warn?.(live, params, after) ?? []), ...(one.warnings ?? [])]
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

const placesOf = (aws: Pick<Aws, 'clock'>, selected: readonly Selected[]): (Place & { place: string })[] => {
  const places = new Map<string, Place & { place: string }>()
  for (const { account, region } of selected) {
    const key = `${account.id} ${region}`
    const place = places.get(key) ?? { place: key, targets: 0, speed: aws.clock(account).speed }
    place.targets++
    places.set(key, place)
  }
  return [...places.values()]
}
