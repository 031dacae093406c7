import type { Ec2Instance } from '#aws/ec2.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Scope } from '../../operation.ts'
import { hasProductionTag, isProtected, managerOf } from '../safeguards.ts'

/** "i-..." of an instance's ARN (arn:aws:ec2:<region>:<account>:instance/i-...). */
export const instanceIdOf = (target: { id: string }): string => target.id.slice(target.id.lastIndexOf('/') + 1)

/** Describes instances by their ARNs; those that don't exist are missing from the answer. */
export const describe = async (scope: Scope, arns: readonly string[]): Promise<Map<string, Ec2Instance>> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const instances = await ec2.describeInstances(
    scope.call,
    arns.map((id) => instanceIdOf({ id })),
  )
  const byId = new Map(instances.map((instance) => [instance.id, instance]))
  const found = arns.flatMap((arn): [string, Ec2Instance][] => {
    const instance = byId.get(instanceIdOf({ id: arn }))
    return instance === undefined ? [] : [[arn, instance]]
  })
  return new Map(found)
}

/** The fields that every operation with an effect on a running service guards. */
export const serviceImage = (instance: Ec2Instance, scope: Scope): Image => ({
  state: instance.state,
  isProduction: scope.account.isProduction || hasProductionTag(instance.tags),
  isProtected: isProtected(instance.tags),
  managedBy: managerOf(instance.tags),
})

export const liveTarget = (arn: string, instance: Ec2Instance, image: Image): LiveTarget => ({
  id: arn,
  name: instance.tags['Name'] ?? null,
  tags: instance.tags,
  image,
  facts: {
    state: instance.state,
    instanceType: instance.instanceType,
    region: instance.region,
    lifecycle: instance.lifecycle,
    volumeIds: instance.volumeIds,
    hasInstanceStore: instance.hasInstanceStore,
    losesPublicIp: instance.isPublicIpAutoAssigned ? instance.publicIp : null,
  },
})

/** Describes instances as targets of an operation with the given image. */
export const readInstances = async (
  scope: Scope,
  arns: readonly string[],
  imageOf: (instance: Ec2Instance) => Image,
): Promise<Map<string, LiveTarget>> => {
  const instances = await describe(scope, arns)
  return new Map([...instances].map(([arn, instance]) => [arn, liveTarget(arn, instance, imageOf(instance))]))
}
