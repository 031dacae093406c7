import type { Logs } from '../logs.ts'
import type { LogsContext } from './context.ts'
import { describeGroups, listGroups } from './describe-groups.ts'
import { listMetricFilters } from './metric-filters.ts'
import { filterEvents } from './filter-events.ts'
import { deleteRetention, putRetention } from './write-retention.ts'

/** CloudWatch Logs of one account and Region. */
export const createLogs = (context: LogsContext): Logs => ({
  describeGroups: describeGroups(context),
  listGroups: listGroups(context),
  listMetricFilters: listMetricFilters(context),
  filterEvents: filterEvents(context),
  putRetention: putRetention(context),
  deleteRetention: deleteRetention(context),
})
