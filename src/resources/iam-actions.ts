import { genericIamActions } from './types/generic.ts'
import { resourceTypes } from './types/registry.ts'

/** What the role in an account must be allowed so that the inventory and its charts can be read. */
export const inventoryIamActions: readonly string[] = [
  ...new Set([
    ...resourceTypes.flatMap(({ iamActions }) => iamActions),
    ...genericIamActions,
    'cloudwatch:GetMetricData',
    'cloudtrail:LookupEvents',
    'lambda:GetAccountSettings',
    'logs:FilterLogEvents',
  ]),
].sort()

/** What it must be allowed besides where costs are read from Cost Explorer. */
export const costIamActions: readonly string[] = ['ce:GetCostAndUsage', 'ce:GetCostAndUsageWithResources']
