import type { Ec2InstanceStatus } from '#aws/ec2.ts'
import type { Outcome, Outcomes, Scope, StepTarget } from '../../operation.ts'
import { reading } from '../failures.ts'
import { pending } from '../steps.ts'
import { instanceIdOf } from './instances.ts'

/** Waits until both status checks (of the host and of the guest) pass. */
export const awaitStatusChecks = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
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
