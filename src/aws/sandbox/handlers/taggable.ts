import type { ResourceType } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { addressAt } from '../estate/address.ts'
import { findAddress } from './addresses.ts'
import { volumeWithId } from './attachment.ts'
import type { HandlerContext } from './context.ts'
import { imageWithId } from './images.ts'
import { instanceWithId } from './instance-ids.ts'
import { findKeyPair } from './key-pairs.ts'
import { findSubnet, findVpc } from './networks.ts'
import { findSecurityGroup } from './security-groups.ts'
import { snapshotWithId } from './snapshots.ts'

/** Something of EC2 that takes tags, with those that the seed gave it. */
export type Tagged = { id: string; tags: Record<string, string>; type: ResourceType }

/** What can be tagged, by what its ids begin with. */
const finders: Record<
  string,
  {
    type: ResourceType
    find: (id: string, context: HandlerContext) => { id: string; tags: Record<string, string> } | undefined
    unknown: (id: string) => Error
  }
> = {
  i: {
    type: 'instance',
    find: instanceWithId,
    unknown: (id) => awsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`),
  },
  vol: {
    type: 'volume',
    find: volumeWithId,
    unknown: (id) => awsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`),
  },
  snap: {
    type: 'snapshot',
    find: (id, context) =>
      snapshotWithId(id, context) && (context.world.estate.findSnapshot(context.partition, id) ?? { id, tags: {} }),
    unknown: (id) => awsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`),
  },
  ami: {
    type: 'image',
    find: (id, context) =>
      imageWithId(id, context) && (context.world.estate.findImage(context.partition, id) ?? { id, tags: {} }),
    unknown: (id) => awsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`),
  },
  sg: {
    type: 'security-group',
    find: findSecurityGroup,
    unknown: (id) => awsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`),
  },
  vpc: {
    type: 'vpc',
    find: findVpc,
    unknown: (id) => awsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`),
  },
  subnet: {
    type: 'subnet',
    find: findSubnet,
    unknown: (id) => awsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`),
  },
  eipalloc: {
    type: 'elastic-ip',
    find: findAddress,
    unknown: (id) => awsError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`),
  },
  key: {
    type: 'key-pair',
    find: findKeyPair,
    unknown: (id) => awsError('InvalidKeyPair.NotFound', `The key pair '${id}' does not exist`),
  },
}

const finderOf = (id: string) => {
  const prefix = id.slice(0, id.indexOf('-'))
  return Object.hasOwn(finders, prefix) ? finders[prefix] : undefined
}

export const taggedWithId = (id: string, context: HandlerContext): Tagged | undefined => {
  const finder = finderOf(id)
  const found = finder?.find(id, context)
  return finder === undefined || found === undefined ? undefined : { id, tags: found.tags, type: finder.type }
}

/** What AWS says of an id of nothing that takes tags. */
export const unknownTagged = (id: string): Error =>
  finderOf(id)?.unknown(id) ?? awsError('InvalidID', `The ID '${id}' is not valid`)

/** Everything that takes tags, kind by kind, by position; undefined for what is gone. */
export const everythingTagged = (
  context: HandlerContext,
): { count: number; at: (position: number) => Tagged | undefined } => {
  const { world, partition, account, region } = context
  const { estate } = world
  const { addresses, keyPairs, securityGroups, subnets, vpcs } = estate.around(partition)
  const made = world.made(account, region)
  const listed = (list: readonly { id: string }[]) => ({
    count: list.length,
    // A position is below the count.
    idAt: (position: number) => list[position]!.id,
  })
  const kinds: { count: number; idAt: (position: number) => string }[] = [
    { count: partition.instances, idAt: (index) => estate.instance(partition, index).id },
    { count: partition.volumes, idAt: (index) => estate.volume(partition, index).id },
    { count: partition.snapshots, idAt: (index) => estate.snapshot(partition, index).id },
    { count: estate.images(partition), idAt: (index) => estate.image(partition, index).id },
    { count: made.length, idAt: (position) => made[position]![0] },
    listed(securityGroups),
    listed(vpcs),
    listed(subnets),
    listed(keyPairs),
    { count: addresses.length, idAt: (position) => addressAt(estate.seed, partition, addresses[position]!).id },
  ]
  return {
    count: kinds.reduce((sum, { count }) => sum + count, 0),
    at: (position) => {
      let left = position
      for (const { count, idAt } of kinds) {
        if (left < count) return taggedWithId(idAt(left), context)
        left -= count
      }
      return undefined
    },
  }
}
