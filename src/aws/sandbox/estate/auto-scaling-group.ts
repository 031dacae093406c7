import { fleetAt } from './fleet.ts'
import { instancesOf } from './fleet-group.ts'
import type { FleetGroup } from './fleet-group.ts'
import { groupTags } from './group-tags.ts'
import { uuidOf } from './hex.ts'
import { encodeId } from './ids.ts'
import { estateEpochMs } from './instance.ts'
import type { SeedTargetGroup } from './load-balancer.ts'
import type { Partition } from './partitions.ts'
import { fraction } from './random.ts'

/** An Auto Scaling group over those fleets of a group that one manages. Its name is what their machines are tagged with. */
export type SeedAutoScalingGroup = {
  arn: string
  name: string
  group: FleetGroup
  /** Numbers of its instances as the seed made them. */
  instances: number[]
  minSize: number
  maxSize: number
  desiredCapacity: number
  targetGroupArns: string[]
  launchTemplate: { id: string; name: string; version: string }
  createdMs: number
  tags: Record<string, string>
}

const kind = 30
const templateKind = 19
const dayMs = 86_400_000

/** In the order of their names, as AWS lists them. */
export const autoScalingGroupsOf = (
  seed: number,
  partition: Partition,
  around: { groups: readonly FleetGroup[]; targetGroups: readonly SeedTargetGroup[] },
): SeedAutoScalingGroup[] =>
  around.groups
    .flatMap((group) => {
      const fleets = group.fleets.filter(
        (number) => fleetAt(seed, partition, number).managedBy === 'auto-scaling-group',
      )
      if (fleets.length === 0) return []
      const dice = (salt: number): number => fraction(seed, partition.number, group.index, kind, salt)
      const instances = instancesOf(fleets, partition)
      const name = `${group.name}-asg`
      return [
        {
          arn: `arn:aws:autoscaling:${partition.region}:${partition.account}:autoScalingGroup:${uuidOf(seed, partition.number, group.index, kind)}:autoScalingGroupName/${name}`,
          name,
          group,
          instances,
          minSize: Math.max(1, Math.floor(instances.length / 2)),
          maxSize: instances.length * 2,
          desiredCapacity: instances.length,
          targetGroupArns: around.targetGroups
            .filter(({ fleets: served }) => served === group.fleets)
            .map(({ arn }) => arn),
          launchTemplate: {
            id: encodeId('lt', seed, templateKind, partition.number, group.index),
            name: group.name,
            version: String(1 + Math.floor(dice(1) * 12)),
          },
          createdMs: estateEpochMs - Math.floor((510 + dice(2) * 300) * dayMs),
          tags: groupTags(seed, partition, group, kind, name, 'AutoScalingGroup'),
        },
      ]
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
