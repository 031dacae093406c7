import type { DashboardEntry } from '@aws-sdk/client-cloudwatch'
import type { CloudWatch, Dashboard } from '../cloudwatch.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { CloudWatchContext } from './context.ts'

/** Dashboards belong to no Region: each one lists all of the account. */
export const listDashboards = (context: CloudWatchContext): CloudWatch['listDashboards'] =>
  async function* (call, prefix) {
    const { sdk, client, send } = context
    const ask = (token: string | undefined) => {
      const command = new sdk.ListDashboardsCommand({
        ...(prefix === undefined ? {} : { DashboardNamePrefix: prefix }),
        ...(token === undefined ? {} : { NextToken: token }),
      })
      return send({ action: 'ListDashboards', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
    }
    for await (const { DashboardEntries } of paged(ask, ({ NextToken }) => NextToken))
      yield (DashboardEntries ?? []).map((entry) => toDashboard(context, entry))
  }

/** The body as JSON; undefined where there is no such dashboard. */
export const getDashboard =
  ({ sdk, client, send }: CloudWatchContext): CloudWatch['getDashboard'] =>
  async (call, name) => {
    const command = new sdk.GetDashboardCommand({ DashboardName: name })
    const output = await orNone(
      send({ action: 'GetDashboard', effect: 'read', call }, command, (options) => client.send(command, options)),
      'ResourceNotFound',
      'DashboardNotFoundError',
    )
    return output && parse(output.DashboardBody)
  }

const toDashboard = ({ account, partition }: CloudWatchContext, entry: DashboardEntry): Dashboard => {
  const name = entry.DashboardName ?? ''
  return {
    name,
    arn: `arn:${partition}:cloudwatch::${account}:dashboard/${name}`,
    account,
    sizeBytes: entry.Size ?? null,
    lastModifiedAt: entry.LastModified?.toISOString() ?? null,
  }
}

const parse = (body: string | undefined): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(body ?? '{}')
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
