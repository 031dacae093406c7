import type { DescribeLogGroupsCommandInput, LogGroup as SdkLogGroup } from '@aws-sdk/client-cloudwatch-logs'
import type { Call } from '../call.ts'
import { batchesOf } from '../ec2/batches.ts'
import { toJson } from '../ec2/json.ts'
import type { LogGroup, Logs } from '../logs.ts'
import type { LogsContext } from './context.ts'

/** The API's largest page, and the most identifiers of a call. */
const pageSize = 50

/** The log groups with these names; those that don't exist are left out. */
export const describeGroups =
  (context: LogsContext): Logs['describeGroups'] =>
  async (call, names) => {
    const found: LogGroup[] = []
    for (const batch of batchesOf(names, pageSize)) {
      for await (const page of pages(context, call, { logGroupIdentifiers: batch })) found.push(...page)
    }
    return found
  }

export const listGroups =
  (context: LogsContext): Logs['listGroups'] =>
  (call) =>
    pages(context, call, { limit: pageSize })

async function* pages(
  context: LogsContext,
  call: Call,
  which: Pick<DescribeLogGroupsCommandInput, 'logGroupIdentifiers' | 'limit'>,
): AsyncGenerator<LogGroup[]> {
  const { sdk, client, send } = context
  let token: string | undefined
  do {
    const command = new sdk.DescribeLogGroupsCommand({ ...which, ...(token === undefined ? {} : { nextToken: token }) })
    const output = await send({ action: 'DescribeLogGroups', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    yield (output.logGroups ?? []).map((group) => toLogGroup(context, group))
    token = output.nextToken
  } while (token)
}

const toLogGroup = ({ account, region, partition }: LogsContext, group: SdkLogGroup): LogGroup => {
  // AWS describes no log group without a name.
  const name = group.logGroupName ?? ''
  return {
    name,
    arn: `arn:${partition}:logs:${region}:${account}:log-group:${name}`,
    account,
    region,
    retentionDays: group.retentionInDays ?? null,
    retentionPolicy: group.retentionPolicyName ?? null,
    logClass: group.logGroupClass ?? 'STANDARD',
    storedBytes: group.storedBytes ?? null,
    createdAt: group.creationTime === undefined ? null : new Date(group.creationTime).toISOString(),
    kmsKeyId: group.kmsKeyId ?? null,
    isDeletionProtected: group.deletionProtectionEnabled ?? false,
    raw: toJson(group),
  }
}
