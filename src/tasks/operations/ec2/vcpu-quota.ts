import type { Foresight, Scope } from '../../operation.ts'

/** An instance that is to run, and the type whose place it takes where it runs already. */
export type VcpuNeed = { id: string; type: string; instead: string | null }

/**
 * Instances that run on demand are counted in vCPUs, by classes of families that have a quota each.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
 */
export const vcpuClassOf = (type: string): string | null => {
  const family = /^([a-z]+)[\d-]/.exec(type)?.[1] ?? ''
  const named = classes[family]
  if (named !== undefined) return named
  return /^(a|c|d|h|i|im|is|m|r|t|z)$/.test(family) ? 'Standard' : null
}

const classes: Record<string, string> = {
  dl: 'DL',
  f: 'F',
  g: 'G',
  gr: 'G',
  hpc: 'HPC',
  inf: 'Inf',
  p: 'P',
  trn: 'Trn',
  u: 'HighMem',
  vt: 'G',
  x: 'X',
}

/**
 * Which of the instances would not fit any more into what the account's quotas leave, in the order in which they are given. The usage is
 * some minutes old and may have changed by the time they start, so it is a warning: AWS decides.
 */
export const vcpuWarnings = async (scope: Scope, needs: readonly VcpuNeed[]): Promise<Foresight[]> => {
  const warnings: Foresight[] = []
  const kinds = [...new Set(needs.flatMap(({ type }) => vcpuClassOf(type) ?? []))].sort()
  if (kinds.length === 0) return warnings
  const names = [...new Set(needs.flatMap(({ type, instead }) => (instead === null ? [type] : [type, instead])))]
  const [ec2, cloudwatch] = await Promise.all([
    scope.aws.ec2(scope.account, scope.region),
    scope.aws.cloudwatch(scope.account, scope.region),
  ])
  const [types, usage] = await Promise.all([
    ec2.describeInstanceTypes(scope.call, names),
    cloudwatch.serviceUsage(scope.call, kinds.map(usageMetricOf), new Date()),
  ])
  const vcpus = new Map(types.flatMap(({ name, vcpus: count }) => (count === null ? [] : [[name, count] as const])))
  for (const [index, kind] of kinds.entries()) {
    const known = usage[index]
    if (known == null) continue
    let wanted = 0
    for (const { id, type, instead } of needs) {
      if (vcpuClassOf(type) !== kind) continue
      const freed = instead !== null && vcpuClassOf(instead) === kind ? (vcpus.get(instead) ?? 0) : 0
      const more = (vcpus.get(type) ?? 0) - freed
      if (more <= 0) continue
      if (known.used + wanted + more > known.quota)
        warnings.push({ id, why: words(scope.region, kind, more, wanted, known), isCertain: false })
      wanted += more
    }
  }
  return warnings
}

const usageMetricOf = (kind: string) => ({
  service: 'EC2',
  type: 'Resource',
  resource: 'vCPU',
  class: `${kind}/OnDemand`,
})

const words = (
  region: string,
  kind: string,
  more: number,
  before: number,
  { used, quota }: { used: number; quota: number },
): string => {
  const others = before === 0 ? '' : `, and the targets before it need ${before} more`
  return `may be refused: it needs ${more} vCPUs, but ${used} of the ${quota} that ${kind} instances may have in ${region} are in use${others}`
}
