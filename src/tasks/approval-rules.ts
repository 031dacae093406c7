import type { Plan } from '#contracts/task.ts'
import type { Cloud } from '#contracts/resource.ts'

/**
 * Whether the requester of a task may approve it: on sandbox accounts only, on every account (installations of one
 * person), or never.
 */
export type SelfApproval = 'sandbox' | 'always' | 'never'

/** An account that a plan's targets are in. */
export type PlanAccount = { id: string; cloud: Cloud; isProduction: boolean }

export type ApprovalRuling = {
  allowed: boolean
  /** What the approver has to type, or null where no typed confirmation is asked for. */
  mustConfirm: string | null
  /** The approver is the requester: to be recorded as such. */
  selfApproved: boolean
  /** This approval alone meets the plan's need. */
  isEnough: boolean
  /** Why (not), for the approver. */
  why: string
}

/** What is typed to confirm: operation and number of targets, as "ec2.stop 12", so that nobody confirms by habit. */
export const confirmationOf = (operation: string, targets: number): string => `${operation} ${targets}`

/** Whether the typed text is what was asked for; blanks around and between don't matter. */
export const isConfirmed = (mustConfirm: string | null, typed: string | null | undefined): boolean =>
  mustConfirm === null || (typed ?? '').trim().replace(/\s+/g, ' ') === mustConfirm

/** Whether a requester may approve their own plan at all: never when a single target is on a real account (but `always`). */
export const maySelfApprove = (selfApproval: SelfApproval, accounts: readonly PlanAccount[]): boolean => {
  if (selfApproval === 'always') return true
  return selfApproval === 'sandbox' && accounts.length > 0 && accounts.every(({ cloud }) => cloud === 'sandbox')
}

/**
 * Who may approve a plan, and how. Another person always may (their rights are the access rules' matter) and types a
 * confirmation in class R4. The requester may only where self-approval is on, always with a typed confirmation; that
 * one approval is enough, or a person alone could never try what needs two.
 */
export const approvalRules = (question: {
  plan: Pick<Plan, 'operation' | 'risk' | 'approvals'>
  /** How many targets the plan has. */
  targets: number
  accounts: readonly PlanAccount[]
  selfApproval: SelfApproval
  requesterId: string
  approverId: string
}): ApprovalRuling => {
  const { plan, accounts, selfApproval } = question
  const selfApproved = question.requesterId === question.approverId
  const confirmation = confirmationOf(plan.operation, question.targets)
  if (plan.approvals.needed === 0) {
    return { allowed: false, mustConfirm: null, selfApproved, isEnough: false, why: 'It needs no approval.' }
  }
  if (!selfApproved) {
    return {
      allowed: true,
      mustConfirm: plan.risk === 'R4' ? confirmation : null,
      selfApproved,
      isEnough: plan.approvals.needed === 1,
      why: plan.approvals.reason,
    }
  }
  if (maySelfApprove(selfApproval, accounts)) {
    const why =
      selfApproval === 'always' ? 'Self-approval is on for every account.' : 'All targets are on sandbox accounts.'
    return { allowed: true, mustConfirm: confirmation, selfApproved, isEnough: true, why }
  }
  return { allowed: false, mustConfirm: null, selfApproved, isEnough: false, why: refusals[selfApproval] }
}

const refusals: Record<SelfApproval, string> = {
  never: 'Nobody approves their own task here: ask another person.',
  sandbox: 'You filed it, and it touches a real account: ask another person to approve.',
  always: 'Nobody approves their own task here: ask another person.',
}
