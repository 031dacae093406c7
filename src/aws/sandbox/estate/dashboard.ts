import { fleetAt, fleetSize } from './fleet.ts'
import { estateEpochMs, instanceId } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'

/** A dashboard as the seed made it: the account's, whatever the Region. */
export type SeedDashboard = { name: string; arn: string; body: string; modifiedMs: number }

const most = 60
const dayMs = 86_400_000

export const dashboardArn = (account: string, name: string): string =>
  `arn:aws:cloudwatch::${account}:dashboard/${name}`

/** One for each app that an account runs in a Region, as far as somebody took the time. */
export const dashboardsOf = (seed: number, partitions: readonly Partition[]): SeedDashboard[] => {
  const all = new Map<string, SeedDashboard>()
  for (const partition of partitions) {
    const fleets = Math.min(200, Math.ceil(partition.instances / fleetSize))
    for (let number = 0; number < fleets && all.size < most; number++) {
      if (number > 0 && fraction(seed, partition.number, number, 601) > 0.25) continue
      const { app, env } = fleetAt(seed, partition, number)
      const name = `${app.name}-${env}-${partition.region}`
      if (!all.has(name)) all.set(name, dashboardAt(seed, partition, number, name))
    }
  }
  return [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const dashboardAt = (seed: number, partition: Partition, number: number, name: string): SeedDashboard => {
  const machines = Math.min(fleetSize, partition.instances - number * fleetSize)
  const metricsOf = (metric: string) =>
    Array.from({ length: machines }, (_, at) => [
      'AWS/EC2',
      metric,
      'InstanceId',
      instanceId(seed, partition, number * fleetSize + at),
    ])
  const widgets = [
    { type: 'text', x: 0, y: 0, width: 24, height: 2, properties: { markdown: `# ${name}` } },
    ...['CPUUtilization', 'NetworkOut'].map((metric, index) => ({
      type: 'metric',
      x: index * 12,
      y: 2,
      width: 12,
      height: 6,
      properties: { metrics: metricsOf(metric), region: partition.region, stat: 'Average', period: 300, title: metric },
    })),
  ]
  return {
    name,
    arn: dashboardArn(partition.account, name),
    body: JSON.stringify({ widgets }),
    modifiedMs: estateEpochMs - Math.floor(fraction(seed, partition.number, number, 602) * 500 * dayMs),
  }
}
