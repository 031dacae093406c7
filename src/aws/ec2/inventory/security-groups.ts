import type { IpPermission, SecurityGroup as SdkSecurityGroup } from '@aws-sdk/client-ec2'
import type { SecurityGroup } from '../../ec2-inventory.ts'
import type { Reader } from '../../reader.ts'
import type { Ec2Context } from '../context.ts'
import { toJson } from '../json.ts'
import { toTags } from '../tags.ts'
import { createReader } from './reader.ts'

/** The API's largest page. */
const pageSize = 1000

export const readSecurityGroups = ({ sdk, client, send, ...place }: Ec2Context): Reader<SecurityGroup> =>
  createReader({
    fetch: async (call, ask) => {
      const command = new sdk.DescribeSecurityGroupsCommand({ MaxResults: pageSize, ...ask })
      const output = await send({ action: 'DescribeSecurityGroups', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.SecurityGroups, token: output.NextToken }
    },
    idFilter: 'group-id',
    to: (group) => toSecurityGroup(place, group),
  })

const toSecurityGroup = (
  { account, region, partition }: { account: string; region: string; partition: string },
  group: SdkSecurityGroup,
): SecurityGroup => {
  // AWS describes no security group without an id.
  const id = group.GroupId ?? ''
  const ingress = group.IpPermissions ?? []
  return {
    id,
    arn: `arn:${partition}:ec2:${region}:${account}:security-group/${id}`,
    account,
    region,
    name: group.GroupName ?? id,
    description: group.Description || null,
    vpcId: group.VpcId || null,
    ingressRules: countRules(ingress),
    egressRules: countRules(group.IpPermissionsEgress ?? []),
    openPorts: [...new Set(ingress.filter(isOpen).map(portsOf))].sort(),
    sourceSecurityGroupIds: [
      ...new Set(
        ingress.flatMap(({ UserIdGroupPairs }) => (UserIdGroupPairs ?? []).flatMap((pair) => pair.GroupId ?? [])),
      ),
    ].sort(),
    tags: toTags(group.Tags),
    raw: toJson(group),
  }
}

const countRules = (permissions: readonly IpPermission[]): number =>
  permissions.reduce(
    (sum, { IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs }) =>
      sum +
      (IpRanges?.length ?? 0) +
      (Ipv6Ranges?.length ?? 0) +
      (PrefixListIds?.length ?? 0) +
      (UserIdGroupPairs?.length ?? 0),
    0,
  )

/** Anybody's address is let in. */
const isOpen = ({ IpRanges, Ipv6Ranges }: IpPermission): boolean =>
  (IpRanges ?? []).some(({ CidrIp }) => CidrIp?.endsWith('/0') === true) ||
  (Ipv6Ranges ?? []).some(({ CidrIpv6 }) => CidrIpv6?.endsWith('/0') === true)

/** Of ICMP AWS has types where TCP has ports; they are no ports to anybody. */
const portsOf = ({ IpProtocol, FromPort, ToPort }: IpPermission): string => {
  if (IpProtocol === '-1') return 'all'
  const protocol = IpProtocol ?? 'all'
  if ((protocol !== 'tcp' && protocol !== 'udp') || FromPort === undefined) return protocol
  return FromPort === ToPort || ToPort === undefined ? `${protocol}/${FromPort}` : `${protocol}/${FromPort}-${ToPort}`
}
