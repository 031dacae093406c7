import type { Ec2Instance, Ec2InstanceStatus } from '#aws/ec2.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { reading } from '../failures.ts'
import { pending } from '../steps.ts'
import { instanceIdOf } from './instances.ts'
import { awaitState, onlyFor } from './state-change.ts'

/** Waits until the instance runs and both its status checks (of the host and of the guest) pass. */
export const awaitChecked = async (
  scope: Scope,
  targets: readonly StepTarget[],
  fail?: (instance: Ec2Instance, target: StepTarget) => Outcome | null,
): Promise<Outcomes> => {
  const running = await awaitState(scope, targets, 'running', fail)
  const outcomeOf = new Map(targets.map((target, index) => [target, running[index]]))
  const isRunning = (target: StepTarget): boolean => outcomeOf.get(target)?.kind === 'done'
  const checked = await onlyFor(targets, isRunning, (part) => awaitStatusChecks(scope, part))
  // Both lists answer the same targets in the same order.
  return targets.map((target, index) => (isRunning(target) ? checked[index]! : running[index]!))
}

const awaitStatusChecks = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  reading(targets, async () => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    const statuses = await ec2.describeInstanceStatus(scope.call, targets.map(instanceIdOf))
    const byId = new Map(statuses.map((status) => [status.id, status]))
    return targets.map((target) => answer(target, byId.get(instanceIdOf(target))))
  })

const answer = (target: StepTarget, status: Ec2InstanceStatus | undefined): Outcome => {
  if (status === undefined) return pending(target, 'has no status checks yet')
  if (status.system === 'ok' && status.instance === 'ok') return { kind: 'done', result: { statusChecks: 'ok' } }
  return pending(target, `status checks: host ${status.system}, guest ${status.instance}`)
}
