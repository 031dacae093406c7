import canonicalize from 'canonicalize'
import type { Plan, Risk } from '#contracts/task.ts'
import type { Targets } from '#contracts/resource.ts'
import { isRiskAtMost } from './plan/risk.ts'

/**
 * An approval given beforehand to every run of a schedule: of this operation with these parameters on what this selector
 * finds, as long as a run has not more targets and no higher risk, until it expires.
 */
export type StandingApproval = {
  operation: string
  /** The selector, as the runs ask it. */
  targets: Targets
  /** As a plan has them: with the defaults filled in. */
  params: Record<string, unknown>
  mostTargets: number
  highestRisk: Risk
  /** ISO 8601. From this moment on nothing fits any more. */
  expiresAt: string
}

export type Fit = { fits: true } | { fits: false; why: string }

/** What the rule looks at: the plan, and the selector that it was made from (a `StoredPlan` is both). */
type Planned = { plan: Pick<Plan, 'operation' | 'params' | 'risk' | 'targets' | 'undoOf'>; targets: Targets }

/** Whether a run's plan is covered by a standing approval, and if not, the first thing that speaks against it. */
export const fitsStandingApproval = ({ plan, targets }: Planned, approval: StandingApproval, now: Date): Fit => {
  const why =
    expired(approval, now) ??
    otherOperation(plan, approval) ??
    otherSelector(targets, approval) ??
    otherParams(plan, approval) ??
    tooMany(plan, approval) ??
    tooRisky(plan, approval)
  return why === null ? { fits: true } : { fits: false, why }
}

// An expiry that can't be read is over: an approval never lasts longer than somebody meant.
const expired = ({ expiresAt }: StandingApproval, now: Date): string | null =>
  now.getTime() < Date.parse(expiresAt) ? null : `The standing approval ended at ${expiresAt}.`

const otherOperation = ({ operation, undoOf }: Planned['plan'], approval: StandingApproval): string | null => {
  if (undoOf !== undefined) return `The plan takes back task ${undoOf}; a standing approval covers no undo.`
  return operation === approval.operation
    ? null
    : `The plan is for ${operation}; the standing approval is for ${approval.operation}.`
}

const otherSelector = (targets: Targets, approval: StandingApproval): string | null =>
  canonicalize(selectorOf(targets)) === canonicalize(selectorOf(approval.targets))
    ? null
    : 'The plan was made from another selection of targets than the standing approval covers.'

/** The order and repetition of ids mean nothing. */
const selectorOf = (targets: Targets): Targets =>
  'ids' in targets ? { ...targets, ids: [...new Set(targets.ids)].sort() } : targets

const otherParams = ({ params }: Planned['plan'], approval: StandingApproval): string | null =>
  canonicalize(params) === canonicalize(approval.params)
    ? null
    : `The plan's parameters are ${canonicalize(params)}; the standing approval is for ${canonicalize(approval.params)}.`

const tooMany = ({ targets }: Planned['plan'], { mostTargets }: StandingApproval): string | null =>
  targets.length <= mostTargets
    ? null
    : `The plan has ${targets.length} targets; the standing approval is for at most ${mostTargets}.`

const tooRisky = ({ risk }: Planned['plan'], { highestRisk }: StandingApproval): string | null =>
  isRiskAtMost(risk, highestRisk)
    ? null
    : `The plan is of class ${risk}; the standing approval is for at most ${highestRisk}.`
