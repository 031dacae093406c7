import type { CloudWatch } from '../cloudwatch.ts'
import type { CloudWatchContext } from './context.ts'
import { getDashboard, listDashboards } from './dashboards.ts'
import { describeAlarms, listAlarms } from './describe-alarms.ts'
import { firingAlarms } from './firing-alarms.ts'
import { getMetricData } from './get-metric-data.ts'
import { serviceUsage } from './service-usage.ts'
import { deleteAlarms, putMetricAlarm } from './write-alarms.ts'

/** CloudWatch of one account and Region. */
export const createCloudWatch = (context: CloudWatchContext): CloudWatch => ({
  getMetricData: getMetricData(context),
  serviceUsage: serviceUsage(context),
  describeAlarms: describeAlarms(context),
  listAlarms: listAlarms(context),
  listDashboards: listDashboards(context),
  getDashboard: getDashboard(context),
  firingAlarms: firingAlarms(context),
  putMetricAlarm: putMetricAlarm(context),
  deleteAlarms: deleteAlarms(context),
})
