import type { TerminateInstancesCommandInput, TerminateInstancesCommandOutput } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { terminated } from '../power.ts'
import type { Handler } from './context.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'
import { stateOf, toChange } from './power.ts'

/** The API's limit. */
const mostIds = 1000

/**
 * An instance with termination protection fails the call, and keeps alive all that were named with it in its Availability
 * Zone; those of other zones are terminated nevertheless
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html). One that is gone already is no error.
 */
export const terminateInstances: Handler<TerminateInstancesCommandInput, TerminateInstancesCommandOutput> = (
  input,
  context,
) => {
  const { world, nowMs } = context
  if ((input.InstanceIds?.length ?? 0) > mostIds) {
    throw awsError('InvalidParameterValue', `At most ${mostIds} instances can be terminated with one call.`)
  }
  const instances = namedInstances(input.InstanceIds, context)
  const kept = instances.filter(
    (instance) => world.isTerminationProtected(instance) && isAlive(stateOf(instance, context)),
  )
  const keptZones = new Set(kept.map(({ availabilityZone }) => availabilityZone))
  const doomed = instances.filter(({ availabilityZone }) => !keptZones.has(availabilityZone))
  const [first] = kept
  if (first === undefined) endDryRun(input)
  const changes = doomed.map((instance) => {
    const previous = stateOf(instance, context)
    const hasChanged = isAlive(previous)
    const power = hasChanged ? terminated(instance, world.power(instance), nowMs, world.speed) : world.power(instance)
    return { instance, previous, hasChanged, power }
  })
  if (input.DryRun !== true && changes.length > 0) {
    world.apply(
      'TerminateInstances',
      changes.map(({ instance, power, hasChanged }) => ({
        id: instance.id,
        change: hasChanged ? { power } : {},
        hasChanged,
      })),
    )
  }
  if (first !== undefined) {
    throw awsError(
      'OperationNotPermitted',
      `The instance '${first.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    )
  }
  return { TerminatingInstances: changes.map(({ instance, previous }) => toChange(instance, previous, context)) }
}

const isAlive = (state: string): boolean => state !== 'shutting-down' && state !== 'terminated'
