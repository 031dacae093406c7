import { monthlyUsdOfInstance } from '#aws/prices.ts'
import type { Size } from '../rightsizing.ts'

/** GiB of memory for each vCPU, and the processor, of the families that are compared. */
const families: Record<string, { gibPerCpu: number; isArm: boolean; isOffered: boolean }> = {
  c5: { gibPerCpu: 2, isArm: false, isOffered: false },
  c6i: { gibPerCpu: 2, isArm: false, isOffered: true },
  c6g: { gibPerCpu: 2, isArm: true, isOffered: false },
  c7g: { gibPerCpu: 2, isArm: true, isOffered: true },
  m5: { gibPerCpu: 4, isArm: false, isOffered: false },
  m6i: { gibPerCpu: 4, isArm: false, isOffered: true },
  m6g: { gibPerCpu: 4, isArm: true, isOffered: false },
  m7g: { gibPerCpu: 4, isArm: true, isOffered: true },
  r5: { gibPerCpu: 8, isArm: false, isOffered: false },
  r6i: { gibPerCpu: 8, isArm: false, isOffered: true },
  r6g: { gibPerCpu: 8, isArm: true, isOffered: false },
  r7g: { gibPerCpu: 8, isArm: true, isOffered: true },
}
const cpus: Record<string, number> = {
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
}

/** Burstable types: two vCPUs up to `large`, and the share of them that the credits last for without end. */
const burstable: Record<string, { cpu: number; gib: number; baseline: number }> = {
  nano: { cpu: 2, gib: 0.5, baseline: 0.05 },
  micro: { cpu: 2, gib: 1, baseline: 0.1 },
  small: { cpu: 2, gib: 2, baseline: 0.2 },
  medium: { cpu: 2, gib: 4, baseline: 0.2 },
  large: { cpu: 2, gib: 8, baseline: 0.3 },
  xlarge: { cpu: 4, gib: 16, baseline: 0.4 },
  '2xlarge': { cpu: 8, gib: 32, baseline: 0.4 },
}
const burstableFamilies: Record<string, { isArm: boolean }> = { t3: { isArm: false }, t4g: { isArm: true } }

const hoursInAMonth = 730

type Known = Size & { isArm: boolean; isOffered: boolean; monthlyUsd: number }

/** A type with its capacity and price in a Region; undefined where the table doesn't have it. */
export const sizeOf = (name: string, region: string): Known | undefined => {
  const [family = '', size = ''] = name.split('.')
  const monthlyUsd = monthlyUsdOfInstance(name, region, 'running')
  if (monthlyUsd === null) return undefined
  const price = { name, monthlyUsd, hourlyUsd: monthlyUsd / hoursInAMonth }
  const small = burstableFamilies[family] && burstable[size]
  if (small !== undefined)
    return {
      ...price,
      capacity: { cpu: small.cpu, memory: small.gib },
      baseline: small.baseline,
      isArm: burstableFamilies[family]?.isArm === true,
      isOffered: true,
    }
  const [plain, cpu] = [families[family], cpus[size]]
  if (plain === undefined || cpu === undefined) return undefined
  return { ...price, ...plain, capacity: { cpu, memory: cpu * plain.gibPerCpu } }
}

/**
 * The types that an instance may be given: of its own processor, and of the generations that AWS sells first. What has its CPU for itself is not
 * given a burstable one: that is another promise, for a small difference.
 */
export const sizesFor = (present: Known, region: string): Known[] =>
  [
    ...Object.keys(families).flatMap((family) => Object.keys(cpus).map((size) => `${family}.${size}`)),
    ...Object.keys(burstableFamilies).flatMap((family) => Object.keys(burstable).map((size) => `${family}.${size}`)),
  ].flatMap((name) => {
    const size = sizeOf(name, region)
    const isFitting = size?.isArm === present.isArm && (size.baseline === undefined || present.baseline !== undefined)
    return size?.isOffered === true && isFitting ? [size] : []
  })
