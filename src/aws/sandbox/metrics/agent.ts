import { fleetSize } from '../estate/fleet.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { fraction } from '../estate/random.ts'

/** Whether the CloudWatch agent runs on a machine: on all of a fleet, or on none. */
export const hasAgent = ({ partition, index }: SeedInstance): boolean =>
  fraction(partition.number, Math.floor(index / fleetSize), 51) < 0.55
