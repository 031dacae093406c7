/** Who made a resource and would make it again or set it back: a change is better made there. */
export type Owner = { kind: OwnerKind; id: string; evidence: string }
export type OwnerKind =
  | 'cloudformation'
  | 'cdk'
  | 'terraform'
  | 'auto-scaling'
  | 'eks'
  | 'kubernetes'
  | 'ecs'
  | 'beanstalk'

/**
 * The tags that each of them leaves:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
 * https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.tagging.html
 * Terraform leaves none by itself; these are the ones that its users write.
 */
const byKey: readonly { key: string; kind: OwnerKind }[] = [
  { key: 'aws:cloudformation:stack-name', kind: 'cloudformation' },
  { key: 'aws:autoscaling:groupName', kind: 'auto-scaling' },
  { key: 'eks:cluster-name', kind: 'eks' },
  { key: 'aws:eks:cluster-name', kind: 'eks' },
  { key: 'aws:ecs:clusterName', kind: 'ecs' },
  { key: 'elasticbeanstalk:environment-name', kind: 'beanstalk' },
]
const cluster = 'kubernetes.io/cluster/'
const terraformKeys = /^(?:terraform|tf)(?:[:_-].*)?$/i
const managedByKeys = /^(?:managed|created|provisioned)[-_:]?by$/i

export const ownersOf = (tags: Readonly<Record<string, string>>): Owner[] => {
  const owners = new Map<string, Owner>()
  const add = (kind: OwnerKind, id: string, key: string): void => {
    const place = `${kind} ${id}`
    if (!owners.has(place)) owners.set(place, { kind, id, evidence: `tag ${key}` })
  }
  const stack = tags['aws:cloudformation:stack-name']
  for (const { key, kind } of byKey) if (Object.hasOwn(tags, key)) add(kind, tags[key] ?? '', key)
  for (const [key, value] of Object.entries(tags)) {
    if (key.startsWith(cluster)) add('kubernetes', key.slice(cluster.length), key)
    // The path of a construct begins with its stack.
    if (/^aws[-:]cdk[:/]/.test(key))
      add('cdk', stack ?? (key.endsWith(':path') ? (value.split('/')[0] ?? value) : 'CDK'), key)
    if (terraformKeys.test(key) && value.toLowerCase() !== 'false')
      add('terraform', /^(?:true|yes|1|)$/i.test(value) ? 'Terraform' : value, key)
    if (managedByKeys.test(key) && /^terraform$/i.test(value)) add('terraform', 'Terraform', key)
  }
  return [...owners.values()]
}
