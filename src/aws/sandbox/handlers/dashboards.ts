import type {
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  ListDashboardsCommandInput,
  ListDashboardsCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'
import type { Handler } from './context.ts'

const pageSize = 1000

/** An account's dashboards, the same in every Region. */
export const listDashboards: Handler<ListDashboardsCommandInput, ListDashboardsCommandOutput> = (
  { DashboardNamePrefix = '', NextToken },
  { world, account },
) => {
  const after = NextToken === undefined ? '' : fromToken(NextToken)
  if (after === undefined) throw awsError('InvalidParameterValue', 'The specified next token is not valid.')
  const matching = world.dashboards(account).filter(({ name }) => name.startsWith(DashboardNamePrefix) && name > after)
  const page = matching.slice(0, pageSize)
  const last = page.at(-1)
  return {
    DashboardEntries: page.map(({ arn, body, modifiedMs, name }) => ({
      DashboardName: name,
      DashboardArn: arn,
      LastModified: new Date(modifiedMs),
      Size: Buffer.byteLength(body),
    })),
    ...(matching.length > pageSize && last !== undefined ? { NextToken: toToken(last.name) } : {}),
  }
}

export const getDashboard: Handler<GetDashboardCommandInput, GetDashboardCommandOutput> = (
  { DashboardName },
  { world, account },
) => {
  const found = world.dashboards(account).find(({ name }) => name === DashboardName)
  if (found === undefined) throw awsError('ResourceNotFound', `Dashboard ${DashboardName ?? ''} does not exist`, 404)
  return { DashboardArn: found.arn, DashboardBody: found.body, DashboardName: found.name }
}
