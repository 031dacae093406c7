import type { Instance, _InstanceType } from '@aws-sdk/client-ec2'
import type { SeedInstance } from '../estate/instance.ts'
import { isArm } from '../estate/instance-types.ts'
import { mix } from '../estate/random.ts'
import { volumeId } from '../estate/volume.ts'
import { stateAt, stateCodes } from '../power.ts'
import type { HandlerContext } from './context.ts'

const hex = (digits: number, ...numbers: number[]): string =>
  `0${mix(...numbers)
    .toString(16)
    .padStart(8, '0')}${mix(...numbers, 1)
    .toString(16)
    .padStart(8, '0')}`.slice(0, digits)

/** Addresses of the sandbox come from the block for benchmarks (RFC 2544), which belongs to nobody. */
const publicAddress = (...numbers: number[]): string => {
  const number = mix(...numbers)
  return `198.${18 + (number & 1)}.${(number >>> 8) & 255}.${(number >>> 16) & 255}`
}
/** From .16 on: a subnet's first addresses are AWS's own. */
const privateAddress = (partition: number, index: number): string => {
  const number = index + 16
  return `10.${partition * 8 + ((number >>> 16) & 7)}.${(number >>> 8) & 255}.${number & 255}`
}

export const vpcOf = (seed: number, partition: number): string => `vpc-${hex(17, seed, partition, 31)}`
const subnetOf = (seed: number, partition: number, zone: string): string =>
  `subnet-${hex(17, seed, partition, zone.charCodeAt(zone.length - 1))}`

/** An instance as DescribeInstances shows it: of a terminated one little is left. */
export const toEc2Instance = (instance: SeedInstance, context: HandlerContext): Instance => {
  const described = describe(instance, context)
  if (described.State?.Name !== 'terminated') return described
  return {
    ...described,
    PrivateIpAddress: undefined,
    PublicIpAddress: undefined,
    VpcId: undefined,
    SubnetId: undefined,
    PrivateDnsName: '',
    BlockDeviceMappings: [],
    NetworkInterfaces: [],
    SecurityGroups: [],
  }
}

/** Where a client asked for it itself, and nothing else happens to instances here. */
const byUser = new Set(['stopping', 'stopped', 'shutting-down', 'terminated'])

const describe = (instance: SeedInstance, context: HandlerContext): Instance => {
  const { world, nowMs } = context
  const { seed } = world.estate
  const { partition, index, fleet, availabilityZone } = instance
  const power = world.power(instance)
  const state = stateAt(power, nowMs)
  const privateIp = privateAddress(partition.number, index)
  const publicIp =
    instance.publicIp === 'elastic'
      ? publicAddress(seed, partition.number, index, -1)
      : instance.publicIp === 'auto' && state !== 'stopped'
        ? publicAddress(seed, partition.number, index, power.starts)
        : undefined
  const vpcId = vpcOf(seed, partition.number)
  const subnetId = subnetOf(seed, partition.number, availabilityZone)
  const groups = [
    {
      GroupId: `sg-${hex(17, seed, partition.number, fleet.app.name.length, 5)}`,
      GroupName: `${fleet.app.name}-${fleet.role}`,
    },
  ]
  const launched = new Date(power.launchedMs)
  return {
    InstanceId: instance.id,
    ImageId: `ami-${hex(17, seed, isArm(fleet.instanceType) ? 1 : 0)}`,
    // The estate's types are names of real ones.
    InstanceType: world.instanceType(instance) as _InstanceType,
    State: { Name: state, Code: stateCodes[state] },
    ...(byUser.has(state)
      ? {
          StateReason: {
            Code: 'Client.UserInitiatedShutdown',
            Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
          },
          StateTransitionReason: `User initiated (${new Date(power.askedMs).toISOString().slice(0, 19).replace('T', ' ')} GMT)`,
        }
      : { StateTransitionReason: '' }),
    LaunchTime: launched,
    Placement: { AvailabilityZone: availabilityZone, Tenancy: 'default', GroupName: '' },
    Architecture: isArm(fleet.instanceType) ? 'arm64' : 'x86_64',
    PlatformDetails: 'Linux/UNIX',
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    EbsOptimized: true,
    EnaSupport: true,
    ...(fleet.isSpot
      ? { InstanceLifecycle: 'spot', SpotInstanceRequestId: `sir-${hex(8, seed, partition.number, index)}` }
      : {}),
    RootDeviceType: instance.rootDeviceType,
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: world.estate.volumesOf(partition, index).map((volume) => ({
      DeviceName: volume === index ? '/dev/xvda' : '/dev/sdf',
      Ebs: {
        VolumeId: volumeId(seed, partition, volume),
        Status: 'attached',
        AttachTime: new Date(instance.launchedMs),
        DeleteOnTermination: volume === index,
      },
    })),
    PrivateIpAddress: privateIp,
    PrivateDnsName: `ip-${privateIp.replaceAll('.', '-')}.${partition.region}.compute.internal`,
    ...(publicIp === undefined ? {} : { PublicIpAddress: publicIp }),
    VpcId: vpcId,
    SubnetId: subnetId,
    SecurityGroups: groups,
    NetworkInterfaces: [
      {
        NetworkInterfaceId: `eni-${hex(17, seed, partition.number, index, 9)}`,
        Status: 'in-use',
        VpcId: vpcId,
        SubnetId: subnetId,
        PrivateIpAddress: privateIp,
        Groups: groups,
        Attachment: { DeviceIndex: 0, Status: 'attached', DeleteOnTermination: true },
        ...(publicIp === undefined
          ? {}
          : {
              Association: {
                PublicIp: publicIp,
                IpOwnerId: instance.publicIp === 'elastic' ? partition.account : 'amazon',
              },
            }),
      },
    ],
    Monitoring: { State: fleet.env === 'prod' ? 'enabled' : 'disabled' },
    MetadataOptions: {
      State: 'applied',
      HttpTokens: index % 5 === 0 ? 'optional' : 'required',
      HttpEndpoint: 'enabled',
      HttpPutResponseHopLimit: 2,
    },
    AmiLaunchIndex: 0,
    SourceDestCheck: true,
    Tags: Object.entries(world.tags(instance)).map(([Key, Value]) => ({ Key, Value })),
  }
}
