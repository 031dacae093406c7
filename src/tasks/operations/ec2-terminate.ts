import { z } from 'zod'
import type { Ec2Instance, Ec2Volume } from '#aws/ec2.ts'
import { monthlyUsdOfVolume, mostMonthlyUsdOfSnapshots } from '#aws/prices.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Operation, Outcome, Outcomes, Scope, Step, StepTarget } from '../operation.ts'
import { stateCostDeltaUsd } from './ec2/cost.ts'
import { awaitImages, deleteImages, imageIdOf, makeImages, rereadImages } from './ec2/final-image.ts'
import { isGone, serviceGuard } from './ec2/guards.ts'
import { describe, liveTarget, serviceImage } from './ec2/instances.ts'
import { changeState, onlyFor } from './ec2/state-change.ts'
import { lookAgain, readProtection } from './ec2/termination-checks.ts'
import { markPending, rereadMark, unmark } from './ec2/terminate-pending.ts'
import { readVolumes, sizeGibOf } from './ec2/volumes.ts'
import { reading } from './failures.ts'
import { stackOf } from './safeguards.ts'
import { pending } from './steps.ts'

const params = z.strictObject({
  finalImage: z
    .boolean()
    .default(true)
    .describe('Make an image of each instance first, without a reboot, and terminate it only once that is available.'),
  delayHours: z
    .int()
    .min(0)
    .max(720)
    .default(24)
    .describe('Hours between the last approval and the first step, in which the task can still be cancelled.'),
})
type Params = z.infer<typeof params>

/** What is no longer paid, less what the final image costs at most. */
const costDeltaUsd = (target: LiveTarget, before: Image, after: Image): number =>
  stateCostDeltaUsd(target, before, after) -
  Number(target.facts['deletedVolumesUsd']) +
  Number(target.facts['imageUsd'])

/** Which volumes go with it and which stay behind, as the instance itself says. */
const read: Operation<Params>['read'] = async (scope, ids, { finalImage }) => {
  const instances = await describe(scope, ids)
  const [volumes, isProtected] = await Promise.all([
    readVolumes(scope, instances.values()),
    readProtection(scope, [...instances.keys()]),
  ])
  const targets = [...instances].map(([arn, instance]): [string, LiveTarget] => {
    const { deleted, kept } = volumesOf(instance)
    const live = liveTarget(arn, instance, {
      ...serviceImage(instance, scope),
      stack: stackOf(instance.tags),
      deletedVolumes: deleted,
      keptVolumes: kept,
    })
    const facts = {
      ...live.facts,
      rootDeviceType: instance.rootDeviceType,
      availabilityZone: instance.availabilityZone,
      elasticIp: instance.isPublicIpAutoAssigned ? null : instance.publicIp,
      isTerminationProtected: isProtected.get(arn),
      deletedVolumesUsd: costOf(deleted, volumes),
      imageUsd: finalImage ? mostMonthlyUsdOfSnapshots(sizeGibOf(instance.volumeIds, volumes), instance.region) : 0,
    }
    return [arn, { ...live, facts }]
  })
  return new Map(targets)
}

const volumesOf = ({ raw, volumeIds }: Ec2Instance): { deleted: string[]; kept: string[] } => {
  const mappings = mappingsSchema.parse(raw['BlockDeviceMappings'] ?? [])
  const goes = new Set(mappings.flatMap(({ Ebs }) => (Ebs?.DeleteOnTermination === true ? (Ebs.VolumeId ?? []) : [])))
  return {
    deleted: volumeIds.filter((id) => goes.has(id)).toSorted(),
    kept: volumeIds.filter((id) => !goes.has(id)).toSorted(),
  }
}
const mappingsSchema = z.array(
  z.object({
    Ebs: z.object({ VolumeId: z.string().optional(), DeleteOnTermination: z.boolean().optional() }).optional(),
  }),
)

const costOf = (ids: readonly string[], volumes: ReadonlyMap<string, Ec2Volume>): number =>
  ids
    .flatMap((id) => volumes.get(id) ?? [])
    .reduce((usd, volume) => usd + (monthlyUsdOfVolume(volume, volume.region) ?? 0), 0)

const guard = (target: LiveTarget, { finalImage }: Params): string | null => {
  const { facts, image } = target
  const why = serviceGuard(target)
  if (why !== null) return why
  if (typeof image['stack'] === 'string') {
    return `belongs to the CloudFormation stack "${image['stack']}", which would miss it: remove it there`
  }
  if (facts['isTerminationProtected'] === true) return 'is protected from termination (disableApiTermination)'
  if (image['state'] !== 'running' && image['state'] !== 'stopped')
    return `is ${String(image['state'])}: only a running or stopped instance is terminated`
  if (finalImage && facts['rootDeviceType'] !== 'ebs')
    return 'has an instance store as its root, of which no final image can be made'
  return null
}

const warn = ({ facts, image }: LiveTarget, { finalImage }: Params): string[] => {
  const [deleted, kept] = [listed(image['deletedVolumes']), listed(image['keptVolumes'])]
  return [
    finalImage
      ? "can't be brought back: from its final image another instance can be launched, with another id and other addresses"
      : "can't be brought back, and has no final image: nothing is left to launch another one from",
    ...(deleted.length > 0 ? [`takes its volumes with it: ${deleted.join(', ')}`] : []),
    ...(kept.length > 0 ? [`leaves volumes behind that are still paid for: ${kept.join(', ')}`] : []),
    ...(facts['hasInstanceStore'] === true ? ['loses the data on its instance store volumes'] : []),
    ...(typeof facts['elasticIp'] === 'string'
      ? [`leaves its Elastic IP ${facts['elasticIp']} behind, which is still paid for`]
      : []),
    ...(finalImage && image['state'] === 'running'
      ? ['runs on while its image is made: what it has not written to disk is not in it']
      : []),
  ]
}

const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/**
 * TerminateInstances that names a protected instance kills those of other Availability Zones nevertheless
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html), so each call is of one zone: what is
 * refused then is refused whole.
 */
const terminate = async (scope: Scope, targets: readonly StepTarget[], given: Params): Promise<Outcomes> => {
  const looked = await lookAgain(scope, targets, read, given)
  const fit = targets.filter((_, index) => looked.outcomes[index]?.kind === 'done')
  const zones = Map.groupBy(fit, ({ id }) => String(looked.live.get(id)?.facts['availabilityZone']))
  const outcomeOf = new Map(targets.map((target, index) => [target, looked.outcomes[index]]))
  for (const part of zones.values()) {
    const outcomes = await changeState(scope, part, (ec2, call, ids) => ec2.terminateInstances(call, ids))
    part.forEach((target, index) => outcomeOf.set(target, outcomes[index]))
  }
  // Every target got its outcome above.
  return targets.map((target) => outcomeOf.get(target)!)
}

const isOver = (instance: Ec2Instance | undefined): boolean => instance === undefined || isGone(instance.state)

/** Terminated instances are shown for about an hour; one that isn't shown any more is gone all the more. */
const awaitTerminated = (scope: Scope, targets: readonly StepTarget[]): Promise<Outcomes> =>
  reading(targets, async () => {
    const live = await describe(
      scope,
      targets.map(({ id }) => id),
    )
    return targets.map((target): Outcome => {
      const state = live.get(target.id)?.state ?? 'terminated'
      return state === 'terminated' ? { kind: 'done', result: { state } } : pending(target, `is ${state}`)
    })
  })

const verify: Step<Params> = {
  name: 'verify',
  description: 'Checks that it is terminated and its final image available, and records both.',
  kind: 'wait',
  timeoutSeconds: 120,
  run: async (scope, targets, { finalImage }) => {
    const [states, images] = await Promise.all([
      awaitTerminated(scope, targets),
      finalImage ? awaitImages(scope, targets) : targets.map((): Outcome => ({ kind: 'done' })),
    ])
    return targets.map((target, index): Outcome => {
      // All lists answer the same targets in the same order.
      const missing = [states[index]!, images[index]!].find(({ kind }) => kind !== 'done')
      if (missing !== undefined) return missing
      const imageId = imageIdOf(target)
      const after = { ...target.before, state: 'terminated', ...(imageId === null ? {} : { finalImage: imageId }) }
      return { kind: 'done', after, ...(imageId === null ? {} : { result: { finalImage: imageId } }) }
    })
  },
}

const withImage =
  (work: (scope: Scope, targets: readonly StepTarget[]) => Promise<Outcomes>) =>
  (scope: Scope, targets: readonly StepTarget[], { finalImage }: Params): Promise<Outcomes> =>
    finalImage
      ? work(scope, targets)
      : onlyFor(
          targets,
          () => false,
          async () => [],
        )

export const ec2Terminate: Operation<Params> = {
  name: 'ec2.terminate',
  version: 1,
  title: 'Terminate instances',
  description:
    'Terminates EC2 instances for good, after a delay in which it can be cancelled and, unless told otherwise, only once an image of each is available.',
  targetType: 'ec2.instance',
  params,
  risk: 'R4',
  undo: {
    label: 'restore-as-new',
    note: "A terminated instance can't be brought back. Its final image (its id is in the item's result; it carries the tag orchestrator:step) holds all its EBS volumes: launch a new instance from it by hand. That one has another id and other addresses; what was in memory and on instance store volumes is lost, and so are volumes without a final image.",
    inverse: null,
  },
  maxTargets: 500,
  batchSize: 50,
  iamActions: [
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceAttribute',
    'ec2:DescribeVolumes',
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    'ec2:CreateTags',
    'ec2:DeleteTags',
    'ec2:CreateImage',
    'ec2:DeregisterImage',
    'ec2:DeleteSnapshot',
    'ec2:TerminateInstances',
  ],
  read,
  guard,
  warn,
  desired: (before) => ({ ...before, state: 'terminated' }),
  takesOut: true,
  monthlyCostDeltaUsd: costDeltaUsd,
  calls: [
    { service: 'ec2', action: 'CreateTags' },
    { service: 'ec2', action: 'CreateImage', perTarget: true, isMade: ({ finalImage }) => finalImage },
    { service: 'ec2', action: 'TerminateInstances' },
  ],
  typicalWaitSeconds: ({ finalImage }) => (finalImage ? 600 : 0) + 45,
  delaySeconds: ({ delayHours }) => delayHours * 3600,
  steps: [
    {
      name: 'check',
      description:
        'Reads the instance and its protections again. If it changed since the plan or is protected, it is not touched.',
      kind: 'check',
      run: async (scope, targets, given) => (await lookAgain(scope, targets, read, given)).outcomes,
    },
    {
      name: 'mark',
      description: 'Tags it orchestrator:terminate-pending, up to 50 instances with one call.',
      kind: 'act',
      effect: 'readable',
      run: markPending,
      reread: rereadMark,
      compensate: unmark,
    },
    {
      name: 'image',
      description:
        'Makes the final image without a reboot, one call for each instance. It is deleted again if the instance stays.',
      kind: 'act',
      effect: 'readable',
      run: withImage(makeImages),
      reread: (scope, targets, { finalImage }) =>
        finalImage ? rereadImages(scope, targets) : Promise.resolve(targets.map(() => null)),
      compensate: withImage(deleteImages),
    },
    {
      name: 'available',
      description: 'Waits until the final image is available, for up to 24 hours.',
      kind: 'wait',
      timeoutSeconds: 86_400,
      run: withImage(awaitImages),
    },
    {
      name: 'terminate',
      description:
        'Looks once more, then terminates up to 50 instances of one Availability Zone with one call. Nothing takes that back.',
      kind: 'act',
      effect: 'readable',
      run: terminate,
      reread: async (scope, targets) => {
        const live = await describe(
          scope,
          targets.map(({ id }) => id),
        )
        return targets.map(({ id }) => (isOver(live.get(id)) ? { kind: 'done' } : null))
      },
    },
    {
      name: 'terminated',
      description: 'Waits until it is terminated, for up to 30 minutes.',
      kind: 'wait',
      timeoutSeconds: 1800,
      run: awaitTerminated,
    },
    verify,
  ],
}
