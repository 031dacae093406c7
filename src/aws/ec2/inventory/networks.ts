import type { Subnet as SdkSubnet, Vpc as SdkVpc } from '@aws-sdk/client-ec2'
import type { Subnet, Vpc } from '../../ec2-inventory.ts'
import type { Reader } from '../../reader.ts'
import type { Ec2Context } from '../context.ts'
import { toJson } from '../json.ts'
import { toTags } from '../tags.ts'
import { createReader } from './reader.ts'

type Place = { account: string; region: string; partition: string }

/** The API's largest page. */
const pageSize = 1000

export const readVpcs = ({ sdk, client, send, ...place }: Ec2Context): Reader<Vpc> =>
  createReader({
    fetch: async (call, ask) => {
      const command = new sdk.DescribeVpcsCommand({ MaxResults: pageSize, ...ask })
      const output = await send({ action: 'DescribeVpcs', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.Vpcs, token: output.NextToken }
    },
    idFilter: 'vpc-id',
    to: (vpc) => toVpc(place, vpc),
  })

const toVpc = ({ account, region, partition }: Place, vpc: SdkVpc): Vpc => {
  // AWS describes no VPC without an id.
  const id = vpc.VpcId ?? ''
  const associated = (vpc.CidrBlockAssociationSet ?? [])
    .filter(({ CidrBlockState }) => CidrBlockState?.State === undefined || CidrBlockState.State === 'associated')
    .flatMap(({ CidrBlock }) => CidrBlock ?? [])
  return {
    id,
    arn: `arn:${partition}:ec2:${region}:${account}:vpc/${id}`,
    account,
    region,
    state: vpc.State ?? 'pending',
    // The first one is the VPC's own, the others were added.
    cidrBlocks: [...new Set([...(vpc.CidrBlock === undefined ? [] : [vpc.CidrBlock]), ...associated])],
    isDefault: vpc.IsDefault ?? false,
    tags: toTags(vpc.Tags),
    raw: toJson(vpc),
  }
}

export const readSubnets = ({ sdk, client, send, ...place }: Ec2Context): Reader<Subnet> =>
  createReader({
    fetch: async (call, ask) => {
      const command = new sdk.DescribeSubnetsCommand({ MaxResults: pageSize, ...ask })
      const output = await send({ action: 'DescribeSubnets', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.Subnets, token: output.NextToken }
    },
    idFilter: 'subnet-id',
    to: (subnet) => toSubnet(place, subnet),
  })

const toSubnet = ({ account, region, partition }: Place, subnet: SdkSubnet): Subnet => {
  // AWS describes no subnet without an id.
  const id = subnet.SubnetId ?? ''
  return {
    id,
    arn: `arn:${partition}:ec2:${region}:${account}:subnet/${id}`,
    account,
    region,
    state: subnet.State ?? 'pending',
    vpcId: subnet.VpcId ?? null,
    availabilityZone: subnet.AvailabilityZone ?? '',
    cidrBlock: subnet.CidrBlock || null,
    availableAddresses: subnet.AvailableIpAddressCount ?? null,
    mapsPublicIps: subnet.MapPublicIpOnLaunch ?? false,
    isDefault: subnet.DefaultForAz ?? false,
    tags: toTags(subnet.Tags),
    raw: toJson(subnet),
  }
}
