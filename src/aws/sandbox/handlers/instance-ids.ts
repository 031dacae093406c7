import { awsError } from '../aws-error.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { isForgotten } from '../power.ts'
import type { HandlerContext } from './context.ts'

const wellFormed = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/

/** The instances that a call names, each once. Refused whole, as EC2 does it, when one of the ids is wrong or unknown. */
export const namedInstances = (ids: readonly string[] | undefined, context: HandlerContext): SeedInstance[] => {
  if (ids === undefined || ids.length === 0) {
    throw awsError('MissingParameter', 'The request must contain the parameter InstanceId')
  }
  const malformed = ids.find((id) => !wellFormed.test(id))
  if (malformed !== undefined) throw awsError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`)
  const unknown: string[] = []
  const found: SeedInstance[] = []
  for (const id of new Set(ids)) {
    const instance = instanceWithId(id, context)
    if (instance === undefined) unknown.push(id)
    else found.push(instance)
  }
  if (unknown.length > 0) {
    const what =
      unknown.length === 1 ? `instance ID '${unknown.join()}' does` : `instance IDs '${unknown.join(', ')}' do`
    throw awsError('InvalidInstanceID.NotFound', `The ${what} not exist`)
  }
  return found
}

/** Undefined for an id of no instance, and for one that was terminated so long ago that AWS doesn't show it any more. */
export const instanceWithId = (id: string, context: HandlerContext): SeedInstance | undefined => {
  const instance = context.world.estate.findInstance(context.partition, id)
  return instance !== undefined && isShown(instance, context) ? instance : undefined
}

export const isShown = (instance: SeedInstance, { world, nowMs }: HandlerContext): boolean =>
  !isForgotten(world.power(instance), nowMs, world.speed)

/** With DryRun EC2 says what it would have said, and does nothing. To be called once all else was checked. */
export const endDryRun = (input: { DryRun?: boolean | undefined }): void => {
  if (input.DryRun === true)
    throw awsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
}
