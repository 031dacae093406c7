import { z } from 'zod'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { LiveTarget, Operation, Outcome, Scope, StepTarget } from '../operation.ts'
import { bisect } from './bisect.ts'
import { serviceGuard, stackWarning } from './ec2/guards.ts'
import { instanceIdOf, readInstances, serviceImage } from './ec2/instances.ts'
import { awaitChecked } from './ec2/status-checks.ts'
import { checkStep, verifyStep } from './steps.ts'

const params = z.strictObject({})
type Params = z.infer<typeof params>

const read: Operation<Params>['read'] = (scope, ids) =>
  readInstances(scope, ids, (instance) => serviceImage(instance, scope))

const guard = (target: LiveTarget): string | null =>
  serviceGuard(target) ??
  (target.image['state'] === 'running'
    ? null
    : `is ${String(target.image['state'])}: only a running instance can be rebooted`)

/** EC2 only queues a reboot: for so long after the call the checks may still pass, from before. */
const stalledSeconds = 20

/** A reboot leaves an instance running: one that is not was stopped by somebody else, and no check will ever pass. */
const notRunning = ({ state }: Ec2Instance): Outcome => ({
  kind: 'failed',
  code: 'not_running',
  message: `It is ${state}: somebody else stopped it during the reboot.`,
  retry: 'never',
})

const awaitReboot = async (scope: Scope, targets: readonly StepTarget[]) => {
  const looked = await awaitChecked(scope, targets, notRunning)
  return looked.map((outcome, index): Outcome => {
    const leftSeconds = stalledSeconds - (targets[index]?.waitedSeconds ?? 0)
    if (leftSeconds <= 0 || outcome.kind === 'failed') return outcome
    return { kind: 'pending', why: 'is rebooting', againInSeconds: Math.max(1, leftSeconds) }
  })
}

export const ec2Reboot: Operation<Params> = {
  name: 'ec2.reboot',
  version: 1,
  title: 'Reboot instances',
  description: 'Reboots running EC2 instances. Addresses, volumes and instance store data stay.',
  targetType: 'ec2.instance',
  params,
  risk: 'R2',
  undo: {
    label: 'none',
    note: 'A reboot cannot be taken back; nothing but what was in memory is lost.',
    inverse: null,
  },
  maxTargets: 10_000,
  batchSize: 100,
  iamActions: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus', 'ec2:RebootInstances'],
  read,
  guard,
  warn: stackWarning,
  desired: (before) => before,
  alwaysActs: true,
  takesOut: true,
  monthlyCostDeltaUsd: () => 0,
  calls: [{ service: 'ec2', action: 'RebootInstances' }],
  typicalWaitSeconds: () => 75,
  steps: [
    checkStep(read),
    {
      name: 'reboot',
      description:
        'Asks for the reboot of up to 100 instances with one call. Never repeated when its outcome is unknown.',
      kind: 'act',
      effect: 'at-most-once',
      run: async (scope, targets) => {
        const ec2 = await scope.aws.ec2(scope.account, scope.region)
        return bisect(targets, instanceIdOf, async (part) => {
          await ec2.rebootInstances(scope.call, part.map(instanceIdOf))
          return part.map(() => ({ kind: 'done' }))
        })
      },
    },
    {
      name: 'wait',
      description: 'Waits until both status checks pass again, for up to 30 minutes.',
      kind: 'wait',
      timeoutSeconds: 1800,
      run: awaitReboot,
    },
    verifyStep(read),
  ],
}
