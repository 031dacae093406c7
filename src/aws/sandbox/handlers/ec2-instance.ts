import type { Instance, _InstanceType } from '@aws-sdk/client-ec2'
import { elasticIpOf, publicAddress } from '../estate/address.ts'
import { encodeId } from '../estate/ids.ts'
import { imageId, imageOfFleet } from '../estate/image.ts'
import { fleetSize } from '../estate/fleet.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { instanceProfileOf } from '../estate/instance-profile.ts'
import { isArm } from '../estate/instance-types.ts'
import { keyNameOf } from '../estate/key-pair.ts'
import { seatOf } from '../estate/network.ts'
import { mix } from '../estate/random.ts'
import { numberOfFleetsGroup } from '../estate/security-group.ts'
import { volumeId } from '../estate/volume.ts'
import { stateAt, stateCodes } from '../power.ts'
import type { HandlerContext } from './context.ts'

const hex = (digits: number, ...numbers: number[]): string =>
  `0${mix(...numbers)
    .toString(16)
    .padStart(8, '0')}${mix(...numbers, 1)
    .toString(16)
    .padStart(8, '0')}`.slice(0, digits)

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

const interfaceKind = 16
export const interfaceId = (seed: number, { partition, index }: SeedInstance): string =>
  encodeId('eni', seed, interfaceKind, partition.number, index)

const seatOfInstance = ({ partition, index, fleet, availabilityZone }: SeedInstance) =>
  seatOf(partition, { index, team: fleet.app.team, availabilityZone, isPublic: fleet.hasPublicIps })

export const privateIpOf = (instance: SeedInstance): string => seatOfInstance(instance).privateIp

/** The network that the machine was launched into. */
const networkOf = (instance: SeedInstance, { world }: HandlerContext) => {
  const { partition, index } = instance
  const around = world.estate.around(partition)
  const { subnet, privateIp } = seatOfInstance(instance)
  const group = around.securityGroups[numberOfFleetsGroup(around.vpcs, around.groups.of(Math.floor(index / fleetSize)))]
  const { id: subnetId, vpc } = around.subnets[subnet] ?? {}
  return {
    vpcId: vpc?.id,
    subnetId,
    privateIp,
    groups: group === undefined ? [] : [{ GroupId: group.id, GroupName: group.name }],
  }
}

/** One of the account's own images, or what Amazon offers for the architecture in the Region. */
const imageOf = ({ partition, index, fleet, rootDeviceType }: SeedInstance, seed: number): string => {
  const own = rootDeviceType === 'ebs' ? imageOfFleet(partition, Math.floor(index / fleetSize)) : undefined
  if (own !== undefined) return imageId(seed, partition, own)
  const region = Array.from(partition.region, (char) => char.codePointAt(0) ?? 0)
  return `ami-${hex(17, isArm(fleet.instanceType) ? 1 : 0, rootDeviceType === 'ebs' ? 1 : 0, ...region)}`
}

/** Where a client asked for it itself, and nothing else happens to instances here. */
const byUser = new Set(['stopping', 'stopped', 'shutting-down', 'terminated'])

const describe = (instance: SeedInstance, context: HandlerContext): Instance => {
  const { world, nowMs } = context
  const { seed } = world.estate
  const { partition, index, fleet, availabilityZone } = instance
  const power = world.power(instance)
  const state = stateAt(power, nowMs)
  const number = Math.floor(index / fleetSize)
  const { subnetId, vpcId, privateIp, groups } = networkOf(instance, context)
  const keyName = keyNameOf(seed, partition, fleet, number)
  const profile = instanceProfileOf(seed, partition, fleet, number)
  const publicIp =
    instance.publicIp === 'elastic'
      ? elasticIpOf(seed, partition, index)
      : instance.publicIp === 'auto' && state !== 'stopped'
        ? publicAddress(seed, partition.number, index, power.starts)
        : undefined
  const launched = new Date(power.launchedMs)
  return {
    InstanceId: instance.id,
    ImageId: imageOf(instance, seed),
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
    ...(keyName === null ? {} : { KeyName: keyName }),
    ...(profile === null
      ? {}
      : {
          IamInstanceProfile: {
            Arn: profile.arn,
            Id: profile.id,
          },
        }),
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
        NetworkInterfaceId: interfaceId(seed, instance),
        OwnerId: partition.account,
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
