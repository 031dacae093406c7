import { z } from 'zod'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Operation, Scope, StepTarget } from '../operation.ts'
import { stateCostDeltaUsd } from './ec2/cost.ts'
import { serviceGuard, stackWarning } from './ec2/guards.ts'
import { readInstances, serviceImage } from './ec2/instances.ts'
import { awaitState, changeState, fromLive, onlyFor, rereadState, wasOurs } from './ec2/state-change.ts'
import { checkStep, verifyStep } from './steps.ts'

const params = z.strictObject({
  hibernate: z
    .boolean()
    .default(false)
    .describe('Write the memory to the root volume and continue from there at the next start.'),
  force: z
    .boolean()
    .default(false)
    .describe('Do not wait for the guest to shut down: as pulling the plug, file systems may be damaged.'),
  skipOsShutdown: z.boolean().default(false).describe('Leave out the graceful shutdown of the guest.'),
})
type Params = z.infer<typeof params>

const imageOf = (instance: Ec2Instance, scope: Scope, { hibernate }: Params): Image => ({
  ...serviceImage(instance, scope),
  rootDeviceType: instance.rootDeviceType,
  ...(hibernate ? { canHibernate: canHibernate(instance) } : {}),
})

/** Enabled at launch, and not for Spot Instances (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html). */
const canHibernate = (instance: Ec2Instance): boolean => {
  const options = instance.raw['HibernationOptions']
  const isConfigured =
    typeof options === 'object' && options !== null && 'Configured' in options && options.Configured === true
  return isConfigured && instance.lifecycle !== 'spot'
}

const read: Operation<Params>['read'] = (scope, ids, given) =>
  readInstances(scope, ids, (instance) => imageOf(instance, scope, given))

const guard = (target: LiveTarget, { hibernate }: Params): string | null => {
  const { image } = target
  const why = serviceGuard(target)
  if (why !== null) return why
  if (image['state'] === 'stopped') return 'is already stopped'
  if (image['state'] !== 'running') return `is ${String(image['state'])}: only a running instance can be stopped`
  if (image['rootDeviceType'] !== 'ebs')
    return 'has an instance store as its root: it can only be terminated, not stopped'
  if (hibernate && image['canHibernate'] !== true) return 'is not enabled for hibernation'
  return null
}

const warn = (target: LiveTarget): string[] => [
  ...(target.facts['hasInstanceStore'] === true ? ['loses the data on its instance store volumes'] : []),
  ...(typeof target.facts['losesPublicIp'] === 'string'
    ? [`loses its public address ${target.facts['losesPublicIp']} and gets another one at the next start`]
    : []),
  ...(target.facts['lifecycle'] === 'spot'
    ? ['is a Spot Instance: AWS refuses to stop it if its request is one-time, and may lack capacity at the next start']
    : []),
  ...stackWarning(target),
]

const startAgain = (scope: Scope, targets: readonly StepTarget[]) =>
  onlyFor(
    targets,
    (target) => wasOurs(target, 'stop'),
    async (ours) => {
      const states = await fromLive(scope, ours, ({ state }) =>
        state === 'stopping' ? stillStopping : { kind: 'done', result: { state } },
      )
      const stateOf = new Map(ours.map((target, index) => [target, states[index]]))
      const isStartable = (target: StepTarget): boolean => stateOf.get(target)?.kind === 'done'
      const started = await onlyFor(ours, isStartable, (part) =>
        changeState(scope, part, (ec2, call, ids) => ec2.startInstances(call, ids)),
      )
      return ours.map((target, index) => {
        const state = stateOf.get(target)
        // Both lists answer the same targets in the same order.
        return state !== undefined && state.kind !== 'done' ? state : started[index]!
      })
    },
  )

const stillStopping = {
  kind: 'failed',
  code: 'still_stopping',
  message: 'AWS is still stopping it, so it cannot be started again yet. Plan a stop with force, or a start later.',
  retry: 'never',
} as const

export const ec2Stop: Operation<Params> = {
  name: 'ec2.stop',
  version: 1,
  title: 'Stop instances',
  description: 'Stops running EC2 instances. Their volumes stay; compute is no longer charged.',
  targetType: 'ec2.instance',
  params,
  risk: 'R2',
  undo: {
    label: 'best-effort',
    note: 'Starting needs capacity. What was in memory and on instance store volumes is lost, and so are public addresses that are not Elastic IPs.',
    inverse: () => ({ operation: 'ec2.start', params: {} }),
  },
  maxTargets: 10_000,
  batchSize: 50,
  iamActions: ['ec2:DescribeInstances', 'ec2:StopInstances', 'ec2:StartInstances'],
  read,
  guard,
  warn,
  desired: (before) => ({ ...before, state: 'stopped' }),
  takesOut: true,
  monthlyCostDeltaUsd: stateCostDeltaUsd,
  calls: [{ service: 'ec2', action: 'StopInstances' }],
  typicalWaitSeconds: ({ force }) => (force ? 20 : 45),
  steps: [
    checkStep(read),
    {
      name: 'stop',
      description:
        'Stops up to 50 instances with one call; a refused batch is narrowed down to those that AWS refuses.',
      kind: 'act',
      effect: 'readable',
      run: (scope, targets, options) =>
        changeState(scope, targets, (ec2, call, ids) => ec2.stopInstances(call, ids, options)),
      reread: (scope, targets) => rereadState(scope, targets, ['stopping', 'stopped']),
      compensate: startAgain,
    },
    {
      name: 'wait',
      description: 'Waits until the instance is stopped, for up to 30 minutes.',
      kind: 'wait',
      timeoutSeconds: 1800,
      run: (scope, targets) => awaitState(scope, targets, 'stopped'),
    },
    verifyStep(read),
  ],
}
