import type { Dashboard } from '#aws/cloudwatch.ts'
import { monthlyUsdOfDashboard, priceSource } from '#aws/prices.ts'
import { globalRegion } from './global-region.ts'
import type { KnownResource, Observed, Place, ResourceType } from './resource-type.ts'

const type = 'cloudwatch.dashboard'
const service = 'cloudwatch-dashboards'
const resourcePart = 'dashboard/'

type Body = Record<string, unknown>

export const observeDashboard = (dashboard: Dashboard, body: Body | undefined): Observed => ({
  id: dashboard.arn,
  awsId: dashboard.name,
  type,
  service,
  account: dashboard.account,
  region: globalRegion,
  name: dashboard.name,
  state: null,
  tags: {},
  cost: { monthlyUsd: monthlyUsdOfDashboard, source: `${priceSource}; the first three of an account are free` },
  summary: {
    lastModifiedAt: dashboard.lastModifiedAt,
    sizeBytes: dashboard.sizeBytes,
    widgets: Array.isArray(body?.['widgets']) ? body['widgets'].length : null,
  },
  config: {
    DashboardName: dashboard.name,
    LastModified: dashboard.lastModifiedAt,
    Size: dashboard.sizeBytes,
    ...(body === undefined ? {} : { DashboardBody: body }),
  },
})

/** The same in every Region, so any of the account's will do. */
const cloudwatchOf = ({ aws, account }: Place) => aws.cloudwatch(account, account.regions[0] ?? 'us-east-1')

/** A body is as the listing says it is while neither its time nor its size changed. */
const knownBody = (known: KnownResource | undefined, { lastModifiedAt, sizeBytes }: Dashboard) =>
  known?.config['LastModified'] === lastModifiedAt && known?.config['Size'] === sizeBytes
    ? // What stands there was written by observeDashboard.
      (known?.config['DashboardBody'] as Body | undefined)
    : undefined

export const cloudwatchDashboard: ResourceType = {
  type,
  // Dashboards have no Region, unlike everything else of CloudWatch.
  service,
  arnService: 'cloudwatch',
  isGlobal: true,
  iamActions: ['cloudwatch:ListDashboards', 'cloudwatch:GetDashboard'],
  isAwsId: (awsId) => /^[\w-]{1,255}$/.test(awsId),
  awsIdOf: (resource) => (resource.startsWith(resourcePart) ? resource.slice(resourcePart.length) : null),
  list: async function* (place, known) {
    const cloudwatch = await cloudwatchOf(place)
    for await (const page of cloudwatch.listDashboards(place.call)) {
      const found = await known(page.map(({ arn }) => arn))
      yield await Promise.all(
        page.map(async (dashboard) =>
          observeDashboard(
            dashboard,
            knownBody(found.get(dashboard.arn), dashboard) ??
              (await cloudwatch.getDashboard(place.call, dashboard.name)),
          ),
        ),
      )
    }
  },
  describe: async (place, awsIds) => {
    const cloudwatch = await cloudwatchOf(place)
    const found: Observed[] = []
    for (const name of awsIds) {
      for await (const page of cloudwatch.listDashboards(place.call, name)) {
        const dashboard = page.find((one) => one.name === name)
        if (dashboard === undefined) continue
        found.push(observeDashboard(dashboard, await cloudwatch.getDashboard(place.call, name)))
        break
      }
    }
    return found
  },
  lifetime: { sweptEverySeconds: 900 },
  transitionalStates: [],
}
