/**
 * What resources cost a month, by a small table that comes with the release: good enough to compare plans and to rank
 * resources, no bill. Approximate on-demand Linux prices of us-east-1, rounded, put together by hand and not read from
 * AWS's price list; other Regions by a factor of their general-purpose prices. Savings plans, Spot discounts and data
 * transfer are not in it.
 */
export const priceTable = {
  asOf: '2026-11',
  currency: 'USD',
} as const

/** The `source` of a resource's cost. */
export const priceSource = `approximate list price, ${priceTable.asOf}`

/** AWS's own convention for a month: 365 * 24 / 12. */
const hoursInAMonth = 730

/** USD an hour for the size `large` of a family. */
const largePerHour: Record<string, number> = {
  t2: 0.0928,
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m4: 0.1,
  m5: 0.096,
  m5a: 0.086,
  m5d: 0.113,
  m6a: 0.0864,
  m6g: 0.077,
  m6gd: 0.0904,
  m6i: 0.096,
  m6id: 0.1187,
  m7a: 0.1159,
  m7g: 0.0816,
  m7i: 0.1008,
  m8g: 0.0898,
  c4: 0.1,
  c5: 0.085,
  c5a: 0.077,
  c5d: 0.096,
  c6a: 0.0765,
  c6g: 0.068,
  c6gd: 0.0768,
  c6i: 0.085,
  c6id: 0.1008,
  c7a: 0.1026,
  c7g: 0.0725,
  c7i: 0.0893,
  c8g: 0.0798,
  r4: 0.133,
  r5: 0.126,
  r5a: 0.113,
  r5d: 0.144,
  r6a: 0.1134,
  r6g: 0.1008,
  r6i: 0.126,
  r7g: 0.1071,
  r7i: 0.1323,
  r8g: 0.1178,
  i3: 0.156,
  i3en: 0.226,
  i4i: 0.172,
  x2gd: 0.167,
}

/** How many times a `large` each size costs. */
const sizes: Record<string, number> = { nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 }

const sizeFactor = (size: string): number | undefined => {
  const many = /^(\d{1,3})xlarge$/.exec(size)?.[1]
  return many === undefined ? sizes[size] : Number(many) * 2
}

/** Prices of a Region against us-east-1. */
const regionFactor: Record<string, number> = {
  'us-east-1': 1,
  'us-east-2': 1,
  'us-west-1': 1.17,
  'us-west-2': 1,
  'ca-central-1': 1.11,
  'eu-west-1': 1.11,
  'eu-west-2': 1.16,
  'eu-west-3': 1.17,
  'eu-central-1': 1.2,
  'eu-north-1': 1.06,
  'eu-south-1': 1.17,
  'ap-south-1': 1.05,
  'ap-southeast-1': 1.25,
  'ap-southeast-2': 1.25,
  'ap-northeast-1': 1.29,
  'ap-northeast-2': 1.23,
  'sa-east-1': 1.59,
}

/** Rounded to cents. */
const cents = (usd: number): number => Math.round(usd * 100) / 100

/** An instance that is neither running nor starting costs nothing; its volumes still do. Null for a type that isn't in the table. */
export const monthlyUsdOfInstance = (instanceType: string, region: string, state: string): number | null => {
  const [family = '', size = ''] = instanceType.split('.')
  const large = largePerHour[family]
  const factor = sizeFactor(size)
  if (large === undefined || factor === undefined) return null
  if (state !== 'running' && state !== 'pending') return 0
  return cents(large * factor * hoursInAMonth * (regionFactor[region] ?? 1))
}

/** USD a month: for each GiB, and for each provisioned IOPS beyond those that are included. */
const volumePrices: Record<string, { gib: number; iops?: number; includedIops?: number }> = {
  gp3: { gib: 0.08, iops: 0.005, includedIops: 3000 },
  gp2: { gib: 0.1 },
  io1: { gib: 0.125, iops: 0.065, includedIops: 0 },
  io2: { gib: 0.125, iops: 0.065, includedIops: 0 },
  st1: { gib: 0.045 },
  sc1: { gib: 0.015 },
  standard: { gib: 0.05 },
}

/** Null for a type that isn't in the table. */
export const monthlyUsdOfVolume = (
  volume: { volumeType: string; sizeGib: number; iops: number | null },
  region: string,
): number | null => {
  const price = volumePrices[volume.volumeType]
  if (price === undefined) return null
  const extraIops = Math.max(0, (volume.iops ?? 0) - (price.includedIops ?? 0))
  return cents((volume.sizeGib * price.gib + extraIops * (price.iops ?? 0)) * (regionFactor[region] ?? 1))
}

/** USD a month for each metric that an alarm watches; a period below a minute makes it a high-resolution alarm. */
const alarmPrices = { standard: 0.1, highResolution: 0.3 }

/** The same in every Region that the table knows. */
export const monthlyUsdOfAlarm = (alarm: { periodSeconds: number; metrics: number }): number =>
  cents((alarm.periodSeconds < 60 ? alarmPrices.highResolution : alarmPrices.standard) * alarm.metrics)

/** USD a month for each GB that is stored of logs, after AWS compressed it: `storedBytes` counts what was sent. */
const storedLogsPerGb = 0.03

/** What the stored events of a log group cost a month at most: compressed they cost less. */
export const monthlyUsdOfStoredLogs = (storedBytes: number, region: string): number =>
  cents((storedBytes / 1e9) * storedLogsPerGb * (regionFactor[region] ?? 1))

/** USD a month for each GiB, by the names that S3's metrics have for storage classes. */
const storedObjectGib: Record<string, number> = {
  StandardStorage: 0.023,
  StandardIAStorage: 0.0125,
  OneZoneIAStorage: 0.01,
  IntelligentTieringFAStorage: 0.023,
  IntelligentTieringIAStorage: 0.0125,
  GlacierInstantRetrievalStorage: 0.004,
  GlacierStorage: 0.0036,
  DeepArchiveStorage: 0.00099,
}

/** What is stored in a bucket costs that; requests, retrieval and transfer are not in it. */
export const monthlyUsdOfStoredObjects = (bytesByStorage: Record<string, number>, region: string): number =>
  cents(
    Object.entries(bytesByStorage).reduce(
      (sum, [storage, bytes]) => sum + (bytes / 2 ** 30) * (storedObjectGib[storage] ?? 0),
      0,
    ) * (regionFactor[region] ?? 1),
  )

/** USD a second for each GiB of memory that Lambda keeps ready, by architecture. */
const provisionedGibSecond: Record<string, number> = { x86_64: 0.0000041667, arm64: 0.0000033334 }

/** Concurrency that is kept ready costs by its time; what runs in it comes on top. */
export const monthlyUsdOfProvisionedConcurrency = (
  { provisioned, memoryMib, architecture }: { provisioned: number; memoryMib: number; architecture: string },
  region: string,
): number =>
  cents(
    provisioned *
      (memoryMib / 1024) *
      hoursInAMonth *
      3600 *
      (provisionedGibSecond[architecture] ?? 0) *
      (regionFactor[region] ?? 1),
  )

/** USD for each request, and for each second and GiB of memory, by architecture. https://aws.amazon.com/lambda/pricing/ */
const perRequest = 0.000_000_2
const computedGibSecond: Record<string, number> = { x86_64: 0.0000166667, arm64: 0.0000133334 }

/** What calls of a function cost, not rounded: a single one is next to nothing. */
export const usdOfInvocations = (
  {
    requests,
    seconds,
    memoryMib,
    architecture,
  }: { requests: number; seconds: number; memoryMib: number; architecture: string },
  region: string,
): number =>
  (requests * perRequest + seconds * (memoryMib / 1024) * (computedGibSecond[architecture] ?? 0)) *
  (regionFactor[region] ?? 1)

/** The same everywhere; the first three of an account are free. */
export const monthlyUsdOfDashboard = 3

/** USD a month for each GiB of snapshots. */
const snapshotGib: Record<string, number> = { standard: 0.05, archive: 0.0125 }

/**
 * The most that snapshots of so many GiB can cost: AWS charges for the blocks that hold data, and of a volume's later
 * snapshots only for those that changed. In the archive each is charged in full.
 */
export const mostMonthlyUsdOfSnapshots = (sizeGib: number, region: string, tier = 'standard'): number =>
  cents(sizeGib * (snapshotGib[tier] ?? 0.05) * (regionFactor[region] ?? 1))

/** USD an hour for a public IPv4 address, in use or not; the same in every Region. https://aws.amazon.com/vpc/pricing/ */
const publicIpPerHour = 0.005

export const monthlyUsdOfPublicIp = (): number => cents(publicIpPerHour * hoursInAMonth)

/** USD an hour for being there; what passes through is charged beside it and not known here. */
const loadBalancerPerHour = { application: 0.0225, network: 0.0225, gateway: 0.0125 }

export const monthlyUsdOfLoadBalancer = (kind: keyof typeof loadBalancerPerHour, region: string): number =>
  cents(loadBalancerPerHour[kind] * hoursInAMonth * (regionFactor[region] ?? 1))

/** Of what AWS charges nothing for by itself. */
export const freeOfCharge = { monthlyUsd: 0, source: priceSource } as const
