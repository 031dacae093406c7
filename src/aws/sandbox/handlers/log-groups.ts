import type {
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput,
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  LogGroup,
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { retentionDays } from '../../logs.ts'
import { awsError } from '../aws-error.ts'
import type { SandboxLogGroup } from '../log-groups.ts'
import { fromToken, toToken } from '../names.ts'
import type { Handler, HandlerContext } from './context.ts'

/** The API's largest page, and the most identifiers of a call. */
const mostGroups = 50

/** Log groups by identifier (name or ARN), by prefix or pattern, or all, in the order of their names. */
export const describeLogGroups: Handler<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput> = (
  input,
  context,
) => {
  const { logGroupIdentifiers, logGroupNamePrefix, logGroupNamePattern, logGroupClass, limit = mostGroups } = input
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
    throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
  if (!Number.isInteger(limit) || limit < 1 || limit > mostGroups) throw invalid(`limit must be 1 to ${mostGroups}.`)
  if (logGroupIdentifiers !== undefined && (logGroupIdentifiers.length < 1 || logGroupIdentifiers.length > mostGroups))
    throw invalid(`logGroupIdentifiers must have 1 to ${mostGroups} members.`)
  const after = input.nextToken === undefined ? undefined : fromToken(input.nextToken)
  if (input.nextToken !== undefined && after === undefined) throw invalid('The specified nextToken is invalid.')

  const groups = context.world.logGroups(context.partition)
  const wanted = logGroupIdentifiers && new Set(logGroupIdentifiers.map(nameOf))
  const matches = (name: string): boolean =>
    (wanted === undefined || wanted.has(name)) &&
    (logGroupNamePattern === undefined || name.includes(logGroupNamePattern)) &&
    (logGroupClass === undefined || groups.get(name)?.logGroupClass === logGroupClass)
  const { names, hasMore } = groups.names.page({
    ...(after === undefined ? {} : { after }),
    ...(logGroupNamePrefix === undefined ? {} : { prefix: logGroupNamePrefix }),
    limit,
    matches,
  })
  const last = names.at(-1)
  return {
    logGroups: names
      .flatMap((name) => groups.get(name) ?? [])
      .map((group) => toLogGroup(group, context.world.metricFiltersOf(context.partition))),
    ...(hasMore && last !== undefined ? { nextToken: toToken(last) } : {}),
  }
}

export const putRetentionPolicy: Handler<PutRetentionPolicyCommandInput, PutRetentionPolicyCommandOutput> = (
  { logGroupName, retentionInDays },
  context,
) => {
  const group = groupNamed(logGroupName, context)
  if (!retentionDays.some((days) => days === retentionInDays)) {
    throw invalid(
      `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentionDays.join(', ')}]`,
    )
  }
  return setRetention('PutRetentionPolicy', group, retentionInDays ?? null, context)
}

export const deleteRetentionPolicy: Handler<DeleteRetentionPolicyCommandInput, DeleteRetentionPolicyCommandOutput> = (
  { logGroupName },
  context,
) => setRetention('DeleteRetentionPolicy', groupNamed(logGroupName, context), null, context)

const setRetention = (
  action: string,
  group: SandboxLogGroup,
  days: number | null,
  { world }: HandlerContext,
): object => {
  if (group.logGroupClass === 'DELIVERY')
    throw invalid('The retention of log groups of the class DELIVERY can not be changed.')
  const hasChanged = group.retentionInDays !== days
  world.apply(action, [{ id: group.arn, change: { retention: { days } }, hasChanged }])
  return {}
}

/** Groups are named by name or by ARN where AWS says "identifier". */
export const nameOf = (identifier: string): string =>
  /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:(.+?)(?::\*)?$/.exec(identifier)?.[1] ?? identifier

/** The log group of that name, or AWS's error. */
export const groupNamed = (name: string | undefined, { world, partition }: HandlerContext): SandboxLogGroup => {
  const group = world.logGroups(partition).get(name ?? '')
  if (group === undefined) throw awsError('ResourceNotFoundException', 'The specified log group does not exist.')
  return group
}

const toLogGroup = (group: SandboxLogGroup, filters: ReadonlyMap<string, unknown[]>): LogGroup => ({
  logGroupName: group.name,
  creationTime: group.createdMs,
  ...(group.retentionInDays === null ? {} : { retentionInDays: group.retentionInDays }),
  metricFilterCount: filters.get(group.name)?.length ?? 0,
  arn: `${group.arn}:*`,
  logGroupArn: group.arn,
  storedBytes: group.storedBytes,
  logGroupClass: group.logGroupClass,
  deletionProtectionEnabled: group.isDeletionProtected,
})

export const invalid = (message: string): Error => awsError('InvalidParameterException', message)
