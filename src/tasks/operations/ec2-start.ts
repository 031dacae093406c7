import { z } from 'zod'
import type { Foresight, LiveTarget, Operation, Scope, StepTarget } from '../operation.ts'
import { stateCostDeltaUsd } from './ec2/cost.ts'
import { fellBack } from './ec2/fell-back.ts'
import { serviceGuard, stackWarning } from './ec2/guards.ts'
import { readInstances, serviceImage } from './ec2/instances.ts'
import { awaitState, changeState, onlyFor, rereadState, wasOurs } from './ec2/state-change.ts'
import { keysThatLock, volumeIdsIn } from './ec2/volume-keys.ts'
import { vcpuWarnings } from './ec2/vcpu-quota.ts'
import { awaitChecked } from './ec2/status-checks.ts'
import { checkStep, verifyStep } from './steps.ts'

const params = z.strictObject({
  waitFor: z
    .enum(['running', 'status-ok'])
    .default('running')
    .describe(
      'When an instance counts as started: once it runs, or once both status checks pass (some minutes later).',
    ),
})
type Params = z.infer<typeof params>

const read: Operation<Params>['read'] = (scope, ids) =>
  readInstances(scope, ids, (instance) => serviceImage(instance, scope))

const guard = (target: LiveTarget): string | null => {
  const why = serviceGuard(target)
  if (why !== null) return why
  const state = target.image['state']
  if (state === 'running') return 'is already running'
  return state === 'stopped' ? null : `is ${String(state)}: only a stopped instance can be started`
}

const foresee = async (scope: Scope, targets: readonly { live: LiveTarget }[]): Promise<Foresight[]> => {
  const locked = await keysThatLock(
    scope,
    targets.map(({ live }) => ({ id: live.id, volumeIds: volumeIdsIn(live) })),
  )
  const isLocked = new Set(locked.map(({ id }) => id))
  // Spot Instances count for other quotas.
  const free = targets.filter(({ live }) => !isLocked.has(live.id) && live.facts['lifecycle'] !== 'spot')
  const warnings = await vcpuWarnings(
    scope,
    free.map(({ live }) => ({ id: live.id, type: String(live.facts['instanceType']), instead: null })),
  )
  return [...locked, ...warnings]
}

const awaitStart = (scope: Scope, targets: readonly StepTarget[], { waitFor }: Params) =>
  waitFor === 'running' ? awaitState(scope, targets, 'running', fellBack) : awaitChecked(scope, targets, fellBack)

export const ec2Start: Operation<Params> = {
  name: 'ec2.start',
  version: 1,
  title: 'Start instances',
  description:
    'Starts stopped EC2 instances. Compute is charged from then on. An instance whose volumes are encrypted with a disabled KMS key is left out (looked at for up to 500 instances of an account and Region); where the quota of vCPUs may be used up the plan says so.',
  targetType: 'ec2.instance',
  params,
  risk: 'R2',
  undo: {
    label: 'best-effort',
    note: 'The instances are stopped again. What ran on them in the meantime is lost from memory.',
    inverse: () => ({ operation: 'ec2.stop', params: {} }),
  },
  maxTargets: 10_000,
  batchSize: 50,
  iamActions: [
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceStatus',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeVolumes',
    'cloudwatch:GetMetricData',
    'cloudformation:GetResource',
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'kms:GetKeyRotationStatus',
    'kms:ListResourceTags',
    'ec2:StartInstances',
    'ec2:StopInstances',
    'kms:CreateGrant',
  ],
  read,
  guard,
  warn: stackWarning,
  foresee,
  desired: (before) => ({ ...before, state: 'running' }),
  monthlyCostDeltaUsd: stateCostDeltaUsd,
  calls: [{ service: 'ec2', action: 'StartInstances' }],
  typicalWaitSeconds: ({ waitFor }) => (waitFor === 'running' ? 30 : 180),
  steps: [
    checkStep(read),
    {
      name: 'start',
      description:
        'Starts up to 50 instances with one call; when AWS lacks capacity for all, as many as it has it for.',
      kind: 'act',
      effect: 'readable',
      run: (scope, targets) => changeState(scope, targets, (ec2, call, ids) => ec2.startInstances(call, ids)),
      reread: (scope, targets) => rereadState(scope, targets, ['pending', 'running']),
      compensate: (scope, targets) =>
        onlyFor(
          targets,
          (target) => wasOurs(target, 'start'),
          (ours) => changeState(scope, ours, (ec2, call, ids) => ec2.stopInstances(call, ids, {})),
        ),
    },
    {
      name: 'wait',
      description:
        'Waits until the instance runs and, if asked for, until its status checks pass, for up to 30 minutes.',
      kind: 'wait',
      timeoutSeconds: 1800,
      run: awaitStart,
    },
    verifyStep(read),
  ],
}
