import type {
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { decodeId, encodeId } from '../estate/ids.ts'
import { subnetKind, vpcKind } from '../estate/network.ts'
import type { SeedSubnet, SeedVpc } from '../estate/network.ts'
import type { Handler, HandlerContext } from './context.ts'
import { describePage, valuesNamed } from './describe.ts'
import { toTagList } from './made.ts'

export const describeVpcs: Handler<DescribeVpcsCommandInput, DescribeVpcsCommandOutput> = (input, context) => {
  const { vpcs } = context.world.estate.around(context.partition)
  const { items, NextToken } = describePage<Vpc>(input, input.VpcIds, {
    idFilter: 'vpc-id',
    find: (id) => toVpc(findVpc(id, context), context),
    count: vpcs.length,
    at: (position) => toVpc(vpcs[position], context),
    values: ({ VpcId, CidrBlock, State, OwnerId, IsDefault }, name) =>
      valuesNamed(name, {
        'vpc-id': [VpcId],
        cidr: [CidrBlock],
        state: [State],
        'owner-id': [OwnerId],
        'is-default': [String(IsDefault)],
      }),
    unknown: (id) => awsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`),
  })
  return { Vpcs: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

export const findVpc = (id: string, { world, partition }: HandlerContext): SeedVpc | undefined => {
  const found = decodeId('vpc', world.estate.seed, vpcKind, id)
  return found?.partition === partition.number ? world.estate.around(partition).vpcs[found.index] : undefined
}

const toVpc = (vpc: SeedVpc | undefined, { world, account, partition }: HandlerContext): Vpc | undefined =>
  vpc && {
    VpcId: vpc.id,
    State: 'available',
    OwnerId: account,
    IsDefault: false,
    InstanceTenancy: 'default',
    // A VPC has at least one block.
    CidrBlock: vpc.cidrs[0]!,
    CidrBlockAssociationSet: vpc.cidrs.map((CidrBlock, block) => ({
      AssociationId: encodeId('vpc-cidr-assoc', world.estate.seed, vpcKind, partition.number, vpc.index * 100 + block),
      CidrBlock,
      CidrBlockState: { State: 'associated' },
    })),
    DhcpOptionsId: encodeId('dopt', world.estate.seed, vpcKind, partition.number, 0),
    Tags: toTagList(world.tags(vpc)),
  }

export const describeSubnets: Handler<DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput> = (input, context) => {
  const { subnets } = context.world.estate.around(context.partition)
  const { items, NextToken } = describePage<Subnet>(input, input.SubnetIds, {
    idFilter: 'subnet-id',
    find: (id) => toSubnet(findSubnet(id, context), context),
    count: subnets.length,
    at: (position) => toSubnet(subnets[position], context),
    values: ({ SubnetId, VpcId, CidrBlock, State, OwnerId, AvailabilityZone, MapPublicIpOnLaunch }, name) =>
      valuesNamed(name, {
        'subnet-id': [SubnetId],
        'vpc-id': [VpcId],
        cidr: [CidrBlock],
        'cidr-block': [CidrBlock],
        state: [State],
        'owner-id': [OwnerId],
        'availability-zone': [AvailabilityZone],
        'default-for-az': ['false'],
        'map-public-ip-on-launch': [String(MapPublicIpOnLaunch)],
      }),
    unknown: (id) => awsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`),
  })
  return { Subnets: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

export const findSubnet = (id: string, { world, partition }: HandlerContext): SeedSubnet | undefined => {
  const found = decodeId('subnet', world.estate.seed, subnetKind, id)
  return found?.partition === partition.number ? world.estate.around(partition).subnets[found.index] : undefined
}

const toSubnet = (
  subnet: SeedSubnet | undefined,
  { world, account, region, partition }: HandlerContext,
): Subnet | undefined =>
  subnet && {
    SubnetId: subnet.id,
    SubnetArn: `arn:aws:ec2:${region}:${account}:subnet/${subnet.id}`,
    VpcId: subnet.vpc.id,
    State: 'available',
    OwnerId: account,
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.availabilityZone,
    AvailableIpAddressCount: subnet.addresses - (world.estate.around(partition).machinesIn()[subnet.index] ?? 0),
    MapPublicIpOnLaunch: subnet.isPublic,
    DefaultForAz: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: toTagList(world.tags(subnet)),
  }
