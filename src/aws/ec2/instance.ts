import type { Instance } from '@aws-sdk/client-ec2'
import type { Ec2Instance } from '../ec2.ts'
import { toJson } from './json.ts'
import { toTags } from './tags.ts'

/** An instance as AWS describes it, in our words. */
export const toInstance = (
  place: { account: string; region: string; partition: string },
  instance: Instance,
): Ec2Instance => {
  // AWS describes no instance without an id.
  const id = instance.InstanceId ?? ''
  const association = instance.NetworkInterfaces?.find((card) => card.Attachment?.DeviceIndex === 0)?.Association
  const instanceType = instance.InstanceType ?? 'unknown'
  return {
    id,
    arn: `arn:${place.partition}:ec2:${place.region}:${place.account}:instance/${id}`,
    account: place.account,
    region: place.region,
    state: instance.State?.Name ?? 'pending',
    stateReason: instance.StateReason?.Message ?? null,
    instanceType,
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    launchedAt: instance.LaunchTime?.toISOString() ?? null,
    architecture: instance.Architecture ?? null,
    platform: instance.PlatformDetails ?? null,
    lifecycle: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
    rootDeviceType: instance.RootDeviceType === 'instance-store' ? 'instance-store' : 'ebs',
    hasInstanceStore: instance.RootDeviceType === 'instance-store' || hasInstanceStore(instanceType),
    privateIp: instance.PrivateIpAddress ?? null,
    publicIp: instance.PublicIpAddress ?? null,
    isPublicIpAutoAssigned: instance.PublicIpAddress !== undefined && association?.IpOwnerId === 'amazon',
    vpcId: instance.VpcId ?? null,
    subnetId: instance.SubnetId ?? null,
    imageId: instance.ImageId ?? null,
    keyName: instance.KeyName ?? null,
    iamInstanceProfileArn: instance.IamInstanceProfile?.Arn ?? null,
    volumeIds: (instance.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.VolumeId ?? []),
    securityGroupIds: (instance.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    tags: toTags(instance.Tags),
    // Made when it is asked for: the inventory wants it, a plan of thousands doesn't.
    get raw() {
      return toJson(instance)
    },
  }
}

/** Families that come with local disks without a `d` in their name. */
const storageFamilies = /^(?:i\d|im4|is4|d[23]|h1|x1|z1d|g[45]|f[12]|p4|p5|trn1|c[13]|m[123]|r3|g2|hs1|cc2|cr1)/

/**
 * Whether instances of a type have local disks, whose contents a stop loses. DescribeInstances doesn't say; the type's
 * name does: a `d` among the attributes behind the generation (m5d, c6gd, r5dn), or a family made of local disks.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export const hasInstanceStore = (instanceType: string): boolean => {
  const family = instanceType.split('.')[0] ?? ''
  const attributes = /^[a-z]+\d+([a-z]*)/.exec(family)?.[1] ?? ''
  return attributes.includes('d') || storageFamilies.test(family)
}
