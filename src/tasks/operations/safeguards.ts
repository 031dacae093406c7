/** Any value but "false" keeps every operation with a service effect away from the resource. */
export const protectedTag = 'orchestrator:protected'

/** A resource is production when one of these tags has one of these values; case doesn't matter. */
const productionKeys = new Set(['env', 'environment', 'stage'])
const productionValues = new Set(['prod', 'production', 'live'])

export type Tags = Readonly<Record<string, string>>

export const isProtected = (tags: Tags): boolean =>
  Object.hasOwn(tags, protectedTag) && tags[protectedTag]?.trim().toLowerCase() !== 'false'

export const hasProductionTag = (tags: Tags): boolean =>
  Object.entries(tags).some(
    ([key, value]) => productionKeys.has(key.toLowerCase()) && productionValues.has(value.trim().toLowerCase()),
  )

/**
 * Who keeps the instance running by itself and would work against us, in words, or null. Their tags are documented:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html,
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.tagging.html.
 */
export const managerOf = (tags: Tags): string | null => {
  const named = (what: string, key: string): string | null =>
    Object.hasOwn(tags, key) ? `${what} "${tags[key] ?? ''}"` : null
  const clusterKey = Object.keys(tags).find((key) => key.startsWith('kubernetes.io/cluster/'))
  return (
    named('the EKS cluster', 'eks:cluster-name') ??
    named('the EKS cluster', 'aws:eks:cluster-name') ??
    (clusterKey === undefined
      ? null
      : `the Kubernetes cluster "${clusterKey.slice('kubernetes.io/cluster/'.length)}"`) ??
    named('the Elastic Beanstalk environment', 'elasticbeanstalk:environment-name') ??
    named('the Auto Scaling group', 'aws:autoscaling:groupName')
  )
}

/** The CloudFormation (or CDK) stack that describes the resource, or null: a change here is drift there. */
export const stackOf = (tags: Tags): string | null => tags['aws:cloudformation:stack-name'] ?? null

/** What a change from one set of tags to another takes away of these safeguards, in words. */
export const liftedSafeguards = (before: Tags, after: Tags): string[] => [
  ...(isProtected(before) && !isProtected(after) ? ['the protection'] : []),
  ...(hasProductionTag(before) && !hasProductionTag(after) ? ['the production mark'] : []),
  ...(managerOf(before) !== null && managerOf(after) === null ? ['the mark of its manager'] : []),
]
