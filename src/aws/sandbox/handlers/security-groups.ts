import type {
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  IpPermission,
  SecurityGroup,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { decodeId } from '../estate/ids.ts'
import { securityGroupKind } from '../estate/security-group.ts'
import type { SeedRule, SeedSecurityGroup } from '../estate/security-group.ts'
import type { Handler, HandlerContext } from './context.ts'
import { describePage } from './describe.ts'
import { toTagList } from './made.ts'

export const describeSecurityGroups: Handler<
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput
> = (input, context) => {
  const { securityGroups } = context.world.estate.around(context.partition)
  // Names are known only in a default VPC, and the sandbox has none: GroupNames name nothing.
  const [name] = input.GroupNames ?? []
  if (name !== undefined) throw awsError('InvalidGroup.NotFound', `The security group '${name}' does not exist`)
  const { items, NextToken } = describePage<SecurityGroup>(input, input.GroupIds, {
    idFilter: 'group-id',
    find: (id) => toSecurityGroup(findSecurityGroup(id, context), context),
    count: securityGroups.length,
    at: (position) => toSecurityGroup(securityGroups[position], context),
    values: filterValues,
    unknown: (id) =>
      /^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)
        ? awsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`)
        : awsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`),
  })
  return { SecurityGroups: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

export const findSecurityGroup = (id: string, { world, partition }: HandlerContext): SeedSecurityGroup | undefined => {
  const found = decodeId('sg', world.estate.seed, securityGroupKind, id)
  return found?.partition === partition.number ? world.estate.around(partition).securityGroups[found.index] : undefined
}

const toSecurityGroup = (group: SeedSecurityGroup | undefined, context: HandlerContext): SecurityGroup | undefined =>
  group && {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: context.account,
    VpcId: group.vpc.id,
    SecurityGroupArn: `arn:aws:ec2:${context.region}:${context.account}:security-group/${group.id}`,
    IpPermissions: group.ingress.map((rule) => toPermission(rule, context)),
    IpPermissionsEgress: [
      {
        IpProtocol: '-1',
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      },
    ],
    Tags: toTagList(context.world.tags(group)),
  }

const toPermission = (rule: SeedRule, { world, account, partition }: HandlerContext): IpPermission => {
  const described = rule.description === '' ? {} : { Description: rule.description }
  return {
    ...(rule.port === null
      ? { IpProtocol: '-1' }
      : { IpProtocol: rule.protocol, FromPort: rule.port, ToPort: rule.port }),
    IpRanges: 'cidr' in rule.from ? [{ CidrIp: rule.from.cidr, ...described }] : [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs:
      'group' in rule.from
        ? [
            {
              GroupId: world.estate.around(partition).securityGroups[rule.from.group]?.id,
              UserId: account,
              ...described,
            },
          ]
        : [],
  }
}

const filterValues = (group: SecurityGroup, name: string): readonly (string | undefined)[] | undefined => {
  const rules = group.IpPermissions ?? []
  switch (name) {
    case 'group-id':
      return [group.GroupId]
    case 'group-name':
      return [group.GroupName]
    case 'description':
      return [group.Description]
    case 'owner-id':
      return [group.OwnerId]
    case 'vpc-id':
      return [group.VpcId]
    case 'ip-permission.cidr':
      return rules.flatMap(({ IpRanges }) => (IpRanges ?? []).map(({ CidrIp }) => CidrIp))
    case 'ip-permission.from-port':
      return rules.map(({ FromPort }) => (FromPort === undefined ? undefined : String(FromPort)))
    case 'ip-permission.to-port':
      return rules.map(({ ToPort }) => (ToPort === undefined ? undefined : String(ToPort)))
    case 'ip-permission.protocol':
      return rules.map(({ IpProtocol }) => IpProtocol)
    case 'ip-permission.group-id':
      return rules.flatMap(({ UserIdGroupPairs }) => (UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId))
    default:
      return undefined
  }
}
