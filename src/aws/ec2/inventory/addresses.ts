import type { Address } from '@aws-sdk/client-ec2'
import type { ElasticIp } from '../../ec2-inventory.ts'
import type { Reader } from '../../reader.ts'
import type { Ec2Context } from '../context.ts'
import { toJson } from '../json.ts'
import { toTags } from '../tags.ts'
import { createReader } from './reader.ts'

/** DescribeAddresses has no pages. */
export const readAddresses = ({ sdk, client, send, ...place }: Ec2Context): Reader<ElasticIp> =>
  createReader({
    fetch: async (call, { Filters }) => {
      const command = new sdk.DescribeAddressesCommand(Filters === undefined ? {} : { Filters })
      const output = await send({ action: 'DescribeAddresses', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.Addresses }
    },
    idFilter: 'allocation-id',
    to: (address) => toElasticIp(place, address),
  })

const toElasticIp = (
  { account, region, partition }: { account: string; region: string; partition: string },
  address: Address,
): ElasticIp => {
  // AWS has allocated each address that it describes.
  const id = address.AllocationId ?? ''
  return {
    id,
    arn: `arn:${partition}:ec2:${region}:${account}:elastic-ip/${id}`,
    account,
    region,
    publicIp: address.PublicIp ?? null,
    associationId: address.AssociationId || null,
    instanceId: address.InstanceId || null,
    networkInterfaceId: address.NetworkInterfaceId || null,
    privateIp: address.PrivateIpAddress || null,
    tags: toTags(address.Tags),
    raw: toJson(address),
  }
}
