/**
 * List prices for estimates: USD in us-east-1, Linux, on demand, from AWS's public price list (2025). Other Regions
 * differ by up to some 30 %, and discounts are not known here, so everything that is derived says "list price".
 */
export const priceSource = 'list price, us-east-1'

/** AWS's own convention for a month. */
export const hoursPerMonth = 730

/** Price an hour of a family's `large`; the sizes of a family cost in proportion to it. */
const largePerHour: Partial<Record<string, number>> = {
  t2: 0.0928, t3: 0.0832, t3a: 0.0752, t4g: 0.0672,
  m4: 0.1, m5: 0.096, m5a: 0.086, m5d: 0.113, m5n: 0.119, m6i: 0.096, m6a: 0.0864, m6g: 0.077, m6gd: 0.0904, m7i: 0.1008,
  m7a: 0.11592, m7g: 0.0816, m8g: 0.08976,
  c4: 0.1, c5: 0.085, c5a: 0.077, c5d: 0.096, c5n: 0.108, c6i: 0.085, c6a: 0.0765, c6g: 0.068, c7i: 0.08925, c7a: 0.10264,
  c7g: 0.0725, c8g: 0.07976,
  r4: 0.133, r5: 0.126, r5a: 0.113, r5d: 0.144, r5n: 0.149, r6i: 0.126, r6a: 0.1134, r6g: 0.1008, r7i: 0.1323, r7a: 0.15215,
  r7g: 0.1071, r8g: 0.11782,
  i3: 0.156, i3en: 0.226, i4i: 0.172,
}

const larges: Partial<Record<string, number>> = {
  nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2, '2xlarge': 4, '3xlarge': 6, '4xlarge': 8,
  '6xlarge': 12, '8xlarge': 16, '9xlarge': 18, '10xlarge': 20, '12xlarge': 24, '16xlarge': 32, '18xlarge': 36,
  '24xlarge': 48, '32xlarge': 64, '48xlarge': 96,
}

/** USD a month of an instance that runs all the time; null for a type whose price is not known here. */
export const instanceMonthlyUsd = (instanceType: string): number | null => {
  const [family = '', size = ''] = instanceType.split('.')
  const perHour = own(largePerHour, family)
  const share = own(larges, size)
  return perHour === undefined || share === undefined ? null : cents(perHour * share * hoursPerMonth)
}

/** Storage per GiB and month; what is provisioned beyond that per IOPS and month, and how many IOPS are included. */
const volumePrices: Partial<Record<string, { perGib: number; perIops?: number; includedIops?: number }>> = {
  gp3: { perGib: 0.08, perIops: 0.005, includedIops: 3000 },
  gp2: { perGib: 0.1 },
  io1: { perGib: 0.125, perIops: 0.065, includedIops: 0 },
  io2: { perGib: 0.125, perIops: 0.065, includedIops: 0 },
  st1: { perGib: 0.045 },
  sc1: { perGib: 0.015 },
  standard: { perGib: 0.05 },
}

/** USD a month of a volume, attached or not; null for a type whose price is not known here. */
export const volumeMonthlyUsd = (volume: { volumeType: string; sizeGib: number; iops: number | null }): number | null => {
  const price = own(volumePrices, volume.volumeType)
  if (price === undefined) return null
  const extraIops = price.perIops === undefined ? 0 : Math.max(0, (volume.iops ?? 0) - (price.includedIops ?? 0))
  return cents(volume.sizeGib * price.perGib + extraIops * (price.perIops ?? 0))
}

const cents = (usd: number): number => Math.round(usd * 100) / 100

/** A key comes from AWS: "constructor" must not find what every object has. */
const own = <Value>(table: Partial<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
