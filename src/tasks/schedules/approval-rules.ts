import type { Risk } from '#contracts/task.ts'
import { confirmationOf, isConfirmed } from '../approval-rules.ts'
import type { SelfApproval } from '../approval-rules.ts'
import { errors } from '../errors.ts'
import type { ApprovalRecord } from './approval-store.ts'

/** How many people a standing approval needs: as many as the riskiest plan that it covers, and always one. */
export const approversNeeded = (highestRisk: Risk): number => (highestRisk === 'R4' ? 2 : 1)

/**
 * Whether this person may approve it: never who asked for it or whose schedule it is, but for installations where people
 * approve their own. Such an approval covers only runs that they could approve themselves (with `sandbox`: on sandbox
 * accounts alone), which is looked at again with each run's plan. It takes a typed confirmation, and is enough alone.
 *
 * Throws `approval_not_allowed` or `confirmation_needed`.
 */
export const requireApprover = (question: {
  approval: Pick<ApprovalRecord, 'operation' | 'most_targets' | 'highest_risk' | 'requested_by'>
  ownerId: string
  approverId: string
  selfApproval: SelfApproval
  confirmation: string | undefined
}): { selfApproved: boolean } => {
  const { approval, ownerId, approverId, selfApproval, confirmation } = question
  const selfApproved = approverId === ownerId || approverId === approval.requested_by.id
  if (selfApproved && selfApproval === 'never') {
    throw errors.approval_not_allowed('Nobody approves their own schedule here: ask another person.')
  }
  const mustConfirm =
    selfApproved || approval.highest_risk === 'R4' ? confirmationOf(approval.operation, approval.most_targets) : null
  if (!isConfirmed(mustConfirm, confirmation)) {
    throw errors.confirmation_needed(`Type "${mustConfirm}" as confirmation to approve this for all its runs.`, {
      errors: [{ path: 'confirmation', message: `must be "${mustConfirm}"`, value: confirmation ?? null }],
    })
  }
  return { selfApproved }
}
