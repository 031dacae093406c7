import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Scope } from '../../operation.ts'

const resourcePart = ':log-group:'
export const groupNameOf = ({ id }: { id: string }): string => id.slice(id.indexOf(resourcePart) + resourcePart.length)

/** Days, or null for "never expires". */
export const retentionOf = (image: Image): number | null => {
  const days = image['retentionDays']
  return typeof days === 'number' ? days : null
}

export const logClassOf = (image: Image): unknown => image['logClass']

/** Whether events that are kept in one image are deleted in the other. */
export const keepsLess = (before: Image, after: Image): boolean =>
  (retentionOf(after) ?? Infinity) < (retentionOf(before) ?? Infinity)

/** Reads log groups by their ARNs; those that don't exist are left out. */
export const readGroups = async (scope: Scope, arns: readonly string[]): Promise<Map<string, LiveTarget>> => {
  const logs = await scope.aws.logs(scope.account, scope.region)
  const groups = await logs.describeGroups(
    scope.call,
    arns.map((id) => groupNameOf({ id })),
  )
  const byName = new Map(groups.map((group) => [group.name, group]))
  return new Map(
    arns.flatMap((arn): [string, LiveTarget][] => {
      const group = byName.get(groupNameOf({ id: arn }))
      if (group === undefined) return []
      const { name, retentionDays, retentionPolicy, logClass, storedBytes } = group
      const image = { retentionDays, retentionPolicy, logClass }
      // DescribeLogGroups doesn't tell tags, and asking costs a call for each group.
      return [[arn, { id: arn, name, tags: {}, image, facts: { storedBytes } }]]
    }),
  )
}
