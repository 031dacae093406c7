import type { SeedVolume } from '../estate/volume.ts'
import { stateAt } from '../power.ts'
import type { HandlerContext } from './context.ts'

/** Once its instance is terminated, the root volume goes with it (DeleteOnTermination) and a data volume is free. */
const isLetGo = ({ attachedTo, partition }: SeedVolume, { world, nowMs }: HandlerContext): boolean =>
  attachedTo !== null &&
  stateAt(world.power(world.estate.instance(partition, attachedTo.index)), nowMs) === 'terminated'

export const isDeleted = (volume: SeedVolume, context: HandlerContext): boolean =>
  volume.attachedTo?.isRoot === true && isLetGo(volume, context)

export const attachmentOf = (volume: SeedVolume, context: HandlerContext): SeedVolume['attachedTo'] =>
  isLetGo(volume, context) ? null : volume.attachedTo

export const volumeWithId = (id: string, context: HandlerContext): SeedVolume | undefined => {
  const volume = context.world.estate.findVolume(context.partition, id)
  return volume === undefined || isDeleted(volume, context) ? undefined : volume
}
