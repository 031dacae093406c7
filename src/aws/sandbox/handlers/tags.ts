import type {
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  ResourceType,
  TagDescription,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { addressAt } from '../estate/address.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf } from './filters.ts'
import { findAddress } from './addresses.ts'
import { volumeWithId } from './attachment.ts'
import { imageWithId } from './images.ts'
import { endDryRun, instanceWithId } from './instance-ids.ts'
import { findKeyPair } from './key-pairs.ts'
import { findSubnet, findVpc } from './networks.ts'
import { pageOf } from './page.ts'
import { findSecurityGroup } from './security-groups.ts'
import { snapshotWithId } from './snapshots.ts'
import { refuseTag } from './tag-rules.ts'

const mostResources = 1000
/** Of a user; AWS's own (`aws:`) don't count. */
const mostTags = 50

type Tagged = { id: string; tags: Record<string, string>; type: ResourceType }

export const createTags: Handler<CreateTagsCommandInput, CreateTagsCommandOutput> = (input, context) => {
  const { world } = context
  const tags = (input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const)
  if (tags.length === 0) throw awsError('MissingParameter', 'The request must contain the parameter tagSet')
  for (const [key, value] of tags) refuseTag(key, value)
  const resources = named(input.Resources, context)
  for (const resource of resources) {
    const after = Object.keys({ ...world.tags(resource), ...Object.fromEntries(tags) }).filter(
      (key) => !key.startsWith('aws:'),
    )
    if (after.length > mostTags)
      throw awsError('TagLimitExceeded', `The maximum number of tags for a resource is ${mostTags}: ${resource.id}`)
  }
  endDryRun(input)
  world.apply(
    'CreateTags',
    resources.map((resource) => {
      const before = world.tags(resource)
      return {
        id: resource.id,
        change: { tags: Object.fromEntries(tags) },
        hasChanged: tags.some(([key, value]) => before[key] !== value),
      }
    }),
  )
  return {}
}

export const deleteTags: Handler<DeleteTagsCommandInput, DeleteTagsCommandOutput> = (input, context) => {
  const { world } = context
  const resources = named(input.Resources, context)
  for (const { Key } of input.Tags ?? []) refuseTag(Key ?? '', '')
  endDryRun(input)
  world.apply(
    'DeleteTags',
    resources.map((resource) => {
      const before = world.tags(resource)
      // Without a list all tags of the user go; with a value, only a tag that has it.
      const keys =
        input.Tags === undefined
          ? Object.keys(before).filter((key) => !key.startsWith('aws:'))
          : input.Tags.filter(
              ({ Key, Value }) => Key !== undefined && Key in before && (Value === undefined || before[Key] === Value),
            ).map(({ Key }) => Key ?? '')
      return {
        id: resource.id,
        change: { tags: Object.fromEntries(keys.map((key) => [key, null])) },
        hasChanged: keys.length > 0,
      }
    }),
  )
  return {}
}

export const describeTags: Handler<DescribeTagsCommandInput, DescribeTagsCommandOutput> = (input, context) => {
  const { world } = context
  endDryRun(input)
  const matches = matcherOf<TagDescription>(input.Filters, ({ ResourceId, ResourceType, Key, Value }, name) => {
    const values: Record<string, string | undefined> = {
      'resource-id': ResourceId,
      'resource-type': ResourceType,
      key: Key,
      value: Value,
    }
    return name in values
      ? [values[name]]
      : name.startsWith('tag:')
        ? [Key === name.slice(4) ? Value : undefined]
        : undefined
  })
  const ids = input.Filters?.find(({ Name }) => Name === 'resource-id')?.Values
  const tagged = ids === undefined ? everything(context) : ids.flatMap((id) => find(id, context) ?? [])
  const all = tagged.flatMap((resource) =>
    Object.entries(world.tags(resource)).map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId: resource.id,
      ResourceType: resource.type,
    })),
  )
  const { items, NextToken } = pageOf(all.length, (position) => all.slice(position, position + 1).find(matches), input)
  return { Tags: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

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

const find = (id: string, context: HandlerContext): Tagged | undefined => {
  const finder = finderOf(id)
  const found = finder?.find(id, context)
  return finder === undefined || found === undefined ? undefined : { id, tags: found.tags, type: finder.type }
}

/** Everything that can have tags, kind by kind. */
const everything = (context: HandlerContext): Tagged[] => {
  const { world, partition, account, region } = context
  const { estate } = world
  const around = estate.around(partition)
  const all = (
    count: number,
    at: (index: number) => { id: string; tags: Record<string, string> },
    type: ResourceType,
  ) => Array.from({ length: count }, (_, index) => ({ ...at(index), type }))
  const listed = <One extends { id: string; tags: Record<string, string> }>(list: readonly One[], type: ResourceType) =>
    list.map(({ id, tags }) => ({ id, tags, type }))
  return [
    ...all(partition.instances, (index) => estate.instance(partition, index), 'instance').filter(
      ({ id }) => instanceWithId(id, context) !== undefined,
    ),
    ...all(partition.volumes, (index) => estate.volume(partition, index), 'volume').filter(
      ({ id }) => volumeWithId(id, context) !== undefined,
    ),
    ...all(partition.snapshots, (index) => estate.snapshot(partition, index), 'snapshot').filter(
      ({ id }) => !world.isDeleted(id),
    ),
    ...all(estate.images(partition), (index) => estate.image(partition, index), 'image').filter(
      ({ id }) => !world.isDeleted(id),
    ),
    ...world.made(account, region).map(([id, { kind }]) => ({ id, tags: {}, type: kind })),
    ...listed(around.securityGroups, 'security-group'),
    ...listed(around.vpcs, 'vpc'),
    ...listed(around.subnets, 'subnet'),
    ...listed(around.keyPairs, 'key-pair'),
    ...listed(
      around.addresses.map((number) => addressAt(estate.seed, partition, number)),
      'elastic-ip',
    ),
  ]
}

const named = (ids: readonly string[] | undefined, context: HandlerContext): Tagged[] => {
  if (ids === undefined || ids.length === 0)
    throw awsError('MissingParameter', 'The request must contain the parameter resourceIdSet')
  if (ids.length > mostResources) {
    throw awsError(
      'InvalidParameterValue',
      `The maximum number of resources is ${mostResources}; ${ids.length} were given`,
    )
  }
  return [...new Set(ids)].map((id) => {
    const resource = find(id, context)
    if (resource !== undefined) return resource
    throw finderOf(id)?.unknown(id) ?? awsError('InvalidID', `The ID '${id}' is not valid`)
  })
}
