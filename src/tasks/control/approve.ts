import { approvalRules, isConfirmed } from '../approval-rules.ts'
import type { SelfApproval } from '../approval-rules.ts'
import { errors } from '../errors.ts'
import { insertApproval, insertRejection, setTaskStatus } from '../store/control.ts'
import type { TaskRecord } from '../store/shapes.ts'
import { putDelay } from '../approvals/store.ts'
import type { FirstActs } from '../freezes/held-items.ts'
import { approvalsOf } from '../store/read-tasks.ts'
import { cancelAll } from './cancel.ts'
import type { Acting, Decider } from './decide.ts'
import { decide, requireTransition, wrongState } from './decide.ts'
import { release } from './release.ts'

type Approving = Acting & { principal: NonNullable<Acting['principal']>; planHash: string; confirmation?: string }

/** Records an approval, bound to the plan's hash; the one that is enough lets the task run. */
export const approve = async (
  deps: Decider & { selfApproval: SelfApproval; firstActs: FirstActs },
  acting: Approving,
): Promise<void> => {
  await decide(deps, acting, 'task.approve', async (tx, task) => {
    requireAwaiting(task, 'approved')
    requirePlanHash(task, acting.planHash)
    if (new Date(task.plan.expiresAt) < deps.now()) {
      throw errors.approval_expired(`The plan of task ${task.id} is older than 24 hours. File the task again.`)
    }
    const ruling = approvalRules({
      plan: task.plan,
      targets: task.total,
      accounts: task.plan.accounts,
      selfApproval: deps.selfApproval,
      requesterId: task.requested_by.id,
      approverId: acting.principal.userId,
    })
    if (!ruling.allowed) throw errors.approval_not_allowed(ruling.why)
    if (!isConfirmed(ruling.mustConfirm, acting.confirmation)) {
      throw errors.confirmation_needed(`Type "${ruling.mustConfirm}" as confirmation to approve this plan.`, {
        errors: [
          { path: 'confirmation', message: `must be "${ruling.mustConfirm}"`, value: acting.confirmation ?? null },
        ],
      })
    }
    const recorded = await insertApproval(tx, {
      taskId: task.id,
      byId: acting.principal.userId,
      byEmail: acting.principal.email,
      planHash: acting.planHash,
      reason: acting.reason ?? null,
      selfApproved: ruling.selfApproved,
    })
    if (recorded.length === 0)
      throw errors.already_decided(`You approved task ${task.id} before; another person is needed.`)
    const approvals = (await approvalsOf(tx, [task.id])).filter((approval) => approval.decision === 'approved').length
    const details = {
      planHash: acting.planHash,
      selfApproved: ruling.selfApproved,
      approvals,
      needed: task.plan.approvals.needed,
    }
    if (!ruling.isEnough && approvals < task.plan.approvals.needed) return { task, details }

    const now = deps.now()
    const delayMs = (task.plan.delaySeconds ?? 0) * 1000
    if (delayMs > 0) await putDelay(tx, task.id, new Date(now.getTime() + delayMs))
    const status = await release(tx, deps.firstActs, task, now)
    return { task: await setTaskStatus(tx, task.id, status), details }
  })
}

export const reject = async (
  deps: Decider,
  acting: Acting & { principal: NonNullable<Acting['principal']>; planHash?: string },
): Promise<void> => {
  await decide(deps, acting, 'task.reject', async (tx, task) => {
    requireAwaiting(task, 'rejected')
    if (acting.planHash !== undefined) requirePlanHash(task, acting.planHash)
    requireTransition(task, 'rejected', 'rejected')
    await insertRejection(tx, {
      taskId: task.id,
      byId: acting.principal.userId,
      byEmail: acting.principal.email,
      planHash: task.plan.planHash,
      reason: acting.reason ?? null,
    })
    return { task: await cancelAll(tx, task, 'rejected') }
  })
}

const requireAwaiting = (task: TaskRecord, verb: string): void => {
  if (task.status !== 'awaiting_approval') throw wrongState(task, verb)
}

const requirePlanHash = (task: TaskRecord, planHash: string): void => {
  if (task.plan.planHash === planHash) return
  throw errors.approval_void(
    `Task ${task.id} has the plan ${task.plan.planHash}, not "${planHash}". Look at its plan and decide again.`,
    { errors: [{ path: 'planHash', message: `must be ${task.plan.planHash}`, value: planHash }] },
  )
}
