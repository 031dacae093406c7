import type { Principal } from '#contracts/principal.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { StoredPlan } from '../plan.ts'
import type { NewTask } from '../store/file-tasks.ts'

/** The rows of a task that is filed from a kept plan: its frozen targets become the items. */
export const newTask = (input: {
  principal: Principal
  stored: StoredPlan
  reason: string | null
  priority: number
  scheduledFor: Date | null
  undoOf: string | null
  /** It waits for other tasks. */
  isAfter?: boolean
  now: Date
}): NewTask => {
  const { targets, params, links: _links, freeze: _freeze, ...plan } = input.stored.plan
  const isLater = input.isAfter === true || (input.scheduledFor !== null && input.scheduledFor > input.now)
  return {
    id: uuidv7(),
    operation: plan.operation,
    operationVersion: plan.operationVersion,
    status: plan.approvals.needed > 0 ? 'awaiting_approval' : isLater ? 'scheduled' : 'queued',
    params,
    targets: input.stored.targets,
    plan: { ...plan, accounts: input.stored.accounts },
    accounts: [...new Set(targets.map((target) => target.account))].sort(),
    regions: [...new Set(targets.map((target) => target.region))].sort(),
    requestedBy: { id: input.principal.userId, email: input.principal.email },
    reason: input.reason,
    priority: input.priority,
    scheduledFor: input.scheduledFor,
    undoOf: input.undoOf,
    items: targets.map((target) => ({
      id: uuidv7(),
      account: target.account,
      region: target.region,
      targetId: target.id,
      targetName: target.name,
      before: target.before,
      after: target.after,
    })),
  }
}
