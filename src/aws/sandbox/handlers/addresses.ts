import type { Address, DescribeAddressesCommandInput, DescribeAddressesCommandOutput } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { addressAt, addressKind, associationId } from '../estate/address.ts'
import type { SeedAddress } from '../estate/address.ts'
import { decodeId } from '../estate/ids.ts'
import type { SeedInstance } from '../estate/instance.ts'
import type { Handler, HandlerContext } from './context.ts'
import { describePage, valuesNamed } from './describe.ts'
import { interfaceId, privateIpOf } from './ec2-instance.ts'
import { isShown } from './instance-ids.ts'
import { toTagList } from './made.ts'
import { stateOf } from './power.ts'

/** Elastic IPs; AWS tells all of them in one answer. */
export const describeAddresses: Handler<DescribeAddressesCommandInput, DescribeAddressesCommandOutput> = (
  input,
  context,
) => {
  const { world, partition } = context
  const numbers = world.estate.around(partition).addresses
  const show = (number: number | undefined): Address | undefined =>
    number === undefined ? undefined : toAddress(addressAt(world.estate.seed, partition, number), context)
  const { AllocationIds, PublicIps, Filters, DryRun } = input
  const { items } = describePage<Address>({ Filters: inFilters(Filters, PublicIps), DryRun }, AllocationIds, {
    idFilter: 'allocation-id',
    find: (id) => [findAddress(id, context)].flatMap((found) => (found ? [toAddress(found, context)] : []))[0],
    count: numbers.length,
    at: (position) => show(numbers[position]),
    values: ({ AllocationId, AssociationId, PublicIp, InstanceId, PrivateIpAddress, NetworkInterfaceId }, name) =>
      valuesNamed(name, {
        'allocation-id': [AllocationId],
        'association-id': [AssociationId],
        'public-ip': [PublicIp],
        'instance-id': [InstanceId],
        'private-ip-address': [PrivateIpAddress],
        'network-interface-id': [NetworkInterfaceId],
      }),
    unknown: (id) => awsError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`),
  })
  const missing = PublicIps?.find((ip) => !items.some(({ PublicIp }) => PublicIp === ip))
  if (missing !== undefined) throw awsError('InvalidAddress.NotFound', `Address '${missing}' not found.`)
  return { Addresses: items }
}

const inFilters = (
  filters: DescribeAddressesCommandInput['Filters'],
  publicIps: readonly string[] | undefined,
): DescribeAddressesCommandInput['Filters'] =>
  publicIps === undefined || publicIps.length === 0
    ? filters
    : [...(filters ?? []), { Name: 'public-ip', Values: [...publicIps] }]

export const findAddress = (id: string, { world, partition }: HandlerContext): SeedAddress | undefined => {
  const found = decodeId('eipalloc', world.estate.seed, addressKind, id)
  if (found?.partition !== partition.number) return undefined
  return world.estate.around(partition).addresses.includes(found.index)
    ? addressAt(world.estate.seed, partition, found.index)
    : undefined
}

const toAddress = (address: SeedAddress, context: HandlerContext): Address => {
  const { world, partition, region } = context
  const { instance } = address
  return {
    AllocationId: address.id,
    PublicIp: address.publicIp,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: region,
    ...(instance !== null && hasIt(instance, context)
      ? {
          AssociationId: associationId(world.estate.seed, partition, instance.index),
          InstanceId: instance.id,
          NetworkInterfaceId: interfaceId(world.estate.seed, instance),
          NetworkInterfaceOwnerId: partition.account,
          PrivateIpAddress: privateIpOf(instance),
        }
      : {}),
    Tags: toTagList(world.tags(address)),
  }
}

/** An Elastic IP outlives its machine and is let go of by it. */
const hasIt = (instance: SeedInstance, context: HandlerContext): boolean =>
  isShown(instance, context) && stateOf(instance, context) !== 'terminated'
