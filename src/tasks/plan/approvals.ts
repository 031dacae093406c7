import type { Plan, Risk } from '#contracts/task.ts'
import { confirmationOf, maySelfApprove } from '../approval-rules.ts'
import type { PlanAccount, SelfApproval } from '../approval-rules.ts'
import { isRiskAtMost } from './risk.ts'

/** More targets than this need an approval in class R2 although none of them is production. */
export const fewTargets = 10

/** An approval that was given before the plan was made, and up to which class it reaches. */
export type PreApproved = { why: string; highestRisk: Risk }

/** How many people have to approve a plan, and why. */
export const approvalsOf = (plan: {
  operation: string
  risk: Risk
  targets: number
  productionTargets: number
  accounts: readonly PlanAccount[]
  selfApproval: SelfApproval
  /** The undo of an approved task is approved with it, as far as its class is not above the task's. */
  preApproved: PreApproved | undefined
}): Plan['approvals'] => {
  const { preApproved } = plan
  const isCovered = preApproved !== undefined && isRiskAtMost(plan.risk, preApproved.highestRisk)
  const { needed, reason } = isCovered ? { needed: 0, reason: preApproved.why } : neededFor(plan)
  const isAskedFor = needed > 0 && (plan.risk === 'R4' || maySelfApprove(plan.selfApproval, plan.accounts))
  return { needed, reason, confirmation: isAskedFor ? confirmationOf(plan.operation, plan.targets) : null }
}

/** The same plan with its approval given beforehand: by a standing approval, or by breaking the glass. */
export const approvedBeforehand = <Stored extends { plan: Plan; needsSomeoneElse: boolean }>(
  stored: Stored,
  reason: string,
): Stored => ({
  ...stored,
  plan: { ...stored.plan, approvals: { needed: 0, reason, confirmation: null } },
  needsSomeoneElse: false,
})

const neededFor = (plan: {
  risk: Risk
  targets: number
  productionTargets: number
}): { needed: number; reason: string } => {
  if (plan.targets === 0) return { needed: 0, reason: 'There is nothing to approve.' }
  switch (plan.risk) {
    case 'R0':
      return { needed: 0, reason: 'R0: it only reads.' }
    case 'R1':
      return { needed: 0, reason: 'R1: reversible and without effect on service, so it runs at once.' }
    case 'R2':
      if (plan.productionTargets > 0) {
        return { needed: 1, reason: `R2: ${plan.productionTargets} of ${counted(plan.targets)} production.` }
      }
      if (plan.targets > fewTargets) {
        return { needed: 1, reason: `R2: ${plan.targets} targets; more than ${fewTargets} need an approval.` }
      }
      return { needed: 0, reason: `R2: no target is production, and there are not more than ${fewTargets}.` }
    case 'R3':
      return {
        needed: 1,
        reason: 'R3: hard to reverse, security-relevant or very many targets, so one other person approves.',
      }
    case 'R4':
      return {
        needed: 2,
        reason: 'R4: irreversible, or hard to reverse for very many targets, so two other people approve.',
      }
  }
}

const counted = (targets: number): string => (targets === 1 ? '1 target is' : `${targets} targets are`)
