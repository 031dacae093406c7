import { z } from 'zod'
import { monthlyUsdOfInstance } from '#aws/prices.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Operation, Outcome, Outcomes, Scope, Step, StepTarget } from '../operation.ts'
import { eachAlone } from './each-alone.ts'
import { bringDown, bringUp } from './ec2/bring-back.ts'
import { fellBack } from './ec2/fell-back.ts'
import { serviceGuard, stackWarning } from './ec2/guards.ts'
import { describe, instanceIdOf, liveTarget, serviceImage } from './ec2/instances.ts'
import { awaitQuiet, ringingOf } from './ec2/soak.ts'
import { awaitState, changeState, fromLive, onlyFor, rereadState } from './ec2/state-change.ts'
import { awaitChecked } from './ec2/status-checks.ts'
import { vcpuWarnings } from './ec2/vcpu-quota.ts'
import { misfitOf, needsNitroDrivers, readTypeFacts } from './ec2/type-fit.ts'
import { reading } from './failures.ts'
import { checkStep, verifyStep } from './steps.ts'

/** Longest watch over the alarms, in minutes; its step may take an hour more. */
const longestSoakMinutes = 240

const params = z.strictObject({
  type: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, { error: 'An instance type looks like m7i.large.' })
    .describe('The type that the instances get, for example m7i.large.'),
  soakMinutes: z
    .int()
    .min(0)
    .max(longestSoakMinutes)
    .default(10)
    .describe(
      'For so long the CloudWatch alarms of an instance that was running must stay quiet; else it gets its old type back.',
    ),
})
type Params = z.infer<typeof params>

const typeOf = (image: Image): string => String(image['instanceType'])

/** Only what was running is stopped for it and started again. */
const wasRunning = ({ before }: StepTarget): boolean => before['state'] === 'running'

const read: Operation<Params>['read'] = async (scope, ids, { type }) => {
  const instances = await describe(scope, ids)
  const types = await readTypeFacts(scope, type, instances.values())
  const targets = [...instances].map(([arn, instance]): [string, LiveTarget] => {
    const live = liveTarget(arn, instance, {
      ...serviceImage(instance, scope),
      instanceType: instance.instanceType,
    })
    const facts = {
      ...live.facts,
      rootDeviceType: instance.rootDeviceType,
      misfit: misfitOf(instance, type, types),
      needsNitroDrivers: needsNitroDrivers(instance, types),
      tenancy: inRecord(instance.raw['Placement'], 'Tenancy'),
      placementGroup: inRecord(instance.raw['Placement'], 'GroupName'),
      canHibernate: inRecord(instance.raw['HibernationOptions'], 'Configured') === true,
    }
    return [arn, { ...live, facts }]
  })
  return new Map(targets)
}

const inRecord = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key] // an object that has the key
    : undefined

const guard = (target: LiveTarget, { type }: Params, after?: Image): string | null => {
  const { facts, image } = target
  const why = serviceGuard(target)
  if (why !== null) return why
  const state = image['state']
  if (state !== 'running' && state !== 'stopped')
    return `is ${String(state)}: only a running or stopped instance can be resized`
  if (facts['lifecycle'] === 'spot') return "is a Spot Instance: its type can't be changed"
  if (facts['rootDeviceType'] !== 'ebs')
    return "has an instance store as its root: it can't be stopped, so its type can't be changed"
  if (facts['tenancy'] === 'host') return 'runs on a Dedicated Host, which decides what types fit: change it there'
  if (facts['canHibernate'] === true) return "is enabled for hibernation: AWS doesn't change its type"
  // In an undo each target gets its own old type back, which it had: what AWS said of the asked type is beside the point.
  const isAsked = after === undefined || typeOf(after) === type
  return isAsked && typeof facts['misfit'] === 'string' ? facts['misfit'] : null
}

const warn = (target: LiveTarget): string[] => {
  const { facts, image } = target
  const isStopped = image['state'] === 'running'
  return [
    ...(isStopped ? ['is stopped for some minutes and started again'] : []),
    ...(isStopped && facts['hasInstanceStore'] === true ? ['loses the data on its instance store volumes'] : []),
    ...(isStopped && typeof facts['losesPublicIp'] === 'string'
      ? [`loses its public address ${facts['losesPublicIp']} and gets another one`]
      : []),
    ...(facts['needsNitroDrivers'] === true
      ? ['moves from Xen to Nitro: its guest needs the NVMe and ENA drivers, which AWS can not see from outside']
      : []),
    ...(typeof facts['placementGroup'] === 'string' && facts['placementGroup'] !== ''
      ? [`is in the placement group "${facts['placementGroup']}", which may lack room for the type`]
      : []),
    ...stackWarning(target),
  ]
}

const costDeltaUsd = ({ facts }: LiveTarget, before: Image, after: Image): number => {
  const monthlyUsd = (image: Image): number =>
    monthlyUsdOfInstance(typeOf(image), String(facts['region']), String(image['state'])) ?? 0
  return monthlyUsd(after) - monthlyUsd(before)
}

/** Notes which alarms ring before anything is done: they say nothing about the new type. */
const check: Step<Params> = {
  name: 'check',
  description:
    'Reads the instance again, and which of its alarms ring. If it changed since the plan, it is not touched.',
  kind: 'check',
  run: async (scope, targets, given) => {
    const checked = await checkStep(read).run(scope, targets, given)
    if (given.soakMinutes === 0) return checked
    return reading(targets, async () => {
      const ringing = await ringingOf(scope, targets)
      // All lists answer the same targets in the same order.
      return targets.map((target, index): Outcome =>
        checked[index]!.kind === 'done' && wasRunning(target)
          ? { kind: 'done', result: { ringing: ringing[index] } }
          : checked[index]!,
      )
    })
  },
}

const setType = (scope: Scope, targets: readonly StepTarget[], typeFor: (target: StepTarget) => string) =>
  eachAlone(targets, async (target) => {
    const ec2 = await scope.aws.ec2(scope.account, scope.region)
    await ec2.modifyInstanceType(scope.call, instanceIdOf(target), typeFor(target))
    return { kind: 'done', result: { instanceType: typeFor(target) } }
  })

/** The steps before have stopped it again, unless somebody else started it. */
const restoreType = async (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> => {
  const live = await fromLive(scope, targets, (instance, target) =>
    instance.instanceType === typeOf(target.before)
      ? { kind: 'done' }
      : { kind: 'pending', why: `is ${instance.instanceType}`, againInSeconds: 0 },
  )
  const outcomeOf = new Map(targets.map((target, index) => [target, live[index]]))
  const isToDo = (target: StepTarget): boolean => outcomeOf.get(target)?.kind === 'pending'
  const done = await onlyFor(targets, isToDo, (part) => setType(scope, part, ({ before }) => typeOf(before)))
  // Both lists answer the same targets in the same order.
  return targets.map((target, index) => (isToDo(target) ? done[index]! : live[index]!))
}

const untouched: Outcome = { kind: 'done', result: { untouched: true } }

const rereadRunning = async (
  scope: Scope,
  targets: readonly StepTarget[],
  reached: Parameters<typeof rereadState>[2],
): Promise<(Outcome | null)[]> => {
  const states = await rereadState(scope, targets, reached)
  return targets.map((target, index) => (wasRunning(target) ? (states[index] ?? null) : untouched))
}

export const ec2Resize: Operation<Params> = {
  name: 'ec2.resize',
  version: 1,
  title: 'Resize instances',
  description:
    'Gives EC2 instances another type. A running instance is stopped, changed, started and watched; a stopped one is changed and stays stopped. Where the quota of vCPUs may be used up the plan says so.',
  targetType: 'ec2.instance',
  params,
  risk: 'R2',
  undo: {
    label: 'exact',
    images: true,
    note: 'Each instance gets its own previous type back and is stopped and started for it once more. Starting needs capacity; public addresses that are not Elastic IPs change.',
    inverse: (given) => ({ operation: 'ec2.resize', params: given }),
  },
  maxTargets: 10_000,
  batchSize: 50,
  iamActions: [
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceStatus',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeInstanceTypeOfferings',
    'ec2:ModifyInstanceAttribute',
    'ec2:StopInstances',
    'ec2:StartInstances',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'kms:CreateGrant',
  ],
  read,
  guard,
  warn,
  desired: (before, { type }) => ({ ...before, instanceType: type }),
  takesOut: true,
  foresee: (scope, targets) =>
    vcpuWarnings(
      scope,
      targets
        .filter(({ live }) => live.image['state'] === 'running')
        .map(({ live, after }) => ({ id: live.id, type: typeOf(after), instead: typeOf(live.image) })),
    ),
  monthlyCostDeltaUsd: costDeltaUsd,
  calls: [
    { service: 'ec2', action: 'StopInstances' },
    { service: 'ec2', action: 'ModifyInstanceAttribute', perTarget: true },
    { service: 'ec2', action: 'StartInstances' },
  ],
  typicalWaitSeconds: ({ soakMinutes }) => 45 + 180 + soakMinutes * 60,
  steps: [
    check,
    {
      name: 'stop',
      description: 'Stops it if it runs, up to 50 instances with one call.',
      kind: 'act',
      effect: 'readable',
      run: (scope, targets) =>
        onlyFor(targets, wasRunning, (part) =>
          changeState(scope, part, (ec2, call, ids) => ec2.stopInstances(call, ids, {})),
        ),
      reread: (scope, targets) => rereadRunning(scope, targets, ['stopping', 'stopped']),
      compensate: (scope, targets) => onlyFor(targets, wasRunning, (part) => bringUp(scope, part)),
    },
    {
      name: 'stopped',
      description: 'Waits until it is stopped, for up to 30 minutes.',
      kind: 'wait',
      timeoutSeconds: 1800,
      run: (scope, targets) => awaitState(scope, targets, 'stopped'),
    },
    {
      name: 'modify',
      description: 'Sets the type, one call for each instance. Taking it back sets the old one.',
      kind: 'act',
      effect: 'readable',
      run: (scope, targets) => setType(scope, targets, ({ after }) => typeOf(after)),
      reread: async (scope, targets) => {
        const live = await describe(
          scope,
          targets.map(({ id }) => id),
        )
        return targets.map((target) =>
          live.get(target.id)?.instanceType === typeOf(target.after) ? { kind: 'done' } : null,
        )
      },
      compensate: restoreType,
    },
    {
      name: 'start',
      description: 'Starts it again if it ran before, up to 50 instances with one call.',
      kind: 'act',
      effect: 'readable',
      run: (scope, targets) =>
        onlyFor(targets, wasRunning, (part) =>
          changeState(scope, part, (ec2, call, ids) => ec2.startInstances(call, ids)),
        ),
      reread: (scope, targets) => rereadRunning(scope, targets, ['pending', 'running']),
      compensate: (scope, targets) => onlyFor(targets, wasRunning, (part) => bringDown(scope, part)),
    },
    {
      name: 'running',
      description: 'Waits until it runs and both its status checks pass, for up to 30 minutes.',
      kind: 'wait',
      timeoutSeconds: 1800,
      run: (scope, targets) => onlyFor(targets, wasRunning, (part) => awaitChecked(scope, part, fellBack)),
    },
    {
      name: 'soak',
      description: 'Watches its alarms; one that goes off brings the old type back.',
      kind: 'wait',
      timeoutSeconds: (longestSoakMinutes + 60) * 60,
      run: (scope, targets, { soakMinutes }) =>
        soakMinutes === 0
          ? Promise.resolve(targets.map(() => untouched))
          : onlyFor(targets, wasRunning, (part) =>
              awaitQuiet(scope, part, { soakSeconds: soakMinutes * 60, before: 'check' }),
            ),
    },
    verifyStep(read),
  ],
}
