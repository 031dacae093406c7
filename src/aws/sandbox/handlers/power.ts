import type {
  InstanceStateChange,
  RebootInstancesCommandInput,
  RebootInstancesCommandOutput,
  StartInstancesCommandInput,
  StartInstancesCommandOutput,
  StopInstancesCommandInput,
  StopInstancesCommandOutput,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { isOfferedIn } from '../estate/instance-types.ts'
import { rebooted, started, stateAt, stateCodes, stopped } from '../power.ts'
import type { StateName } from '../power.ts'
import type { Handler, HandlerContext } from './context.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'

const cantStart: ReadonlySet<StateName> = new Set(['stopping', 'shutting-down', 'terminated'])
const cantStop: ReadonlySet<StateName> = new Set(['pending', 'shutting-down', 'terminated'])

/** pending and running instances are left alone; a stopping one can't be started yet, a terminated one never. */
export const startInstances: Handler<StartInstancesCommandInput, StartInstancesCommandOutput> = (input, context) => {
  const { world, nowMs } = context
  const instances = namedInstances(input.InstanceIds, context)
  for (const instance of instances) {
    if (cantStart.has(stateOf(instance, context))) throw wrongState(instance, 'started')
    refusePlace(instance, context)
  }
  endDryRun(input)
  const changes = instances.map((instance) => {
    const previous = stateOf(instance, context)
    const hasChanged = previous === 'stopped'
    return {
      instance,
      previous,
      hasChanged,
      power: hasChanged ? started(instance, world.power(instance), nowMs, world.speed) : world.power(instance),
    }
  })
  world.apply(
    'StartInstances',
    changes.map(({ instance, power, hasChanged }) => ({
      id: instance.id,
      change: hasChanged ? { power } : {},
      hasChanged,
    })),
  )
  return { StartingInstances: changes.map(({ instance, previous }) => toChange(instance, previous, context)) }
}

/** stopping and stopped instances are left alone; a pending one can't be stopped yet, some never. */
export const stopInstances: Handler<StopInstancesCommandInput, StopInstancesCommandOutput> = (input, context) => {
  const { world, nowMs } = context
  const instances = namedInstances(input.InstanceIds, context)
  for (const instance of instances) refuseStop(instance, input, context)
  endDryRun(input)
  const changes = instances.map((instance) => {
    const previous = stateOf(instance, context)
    const hasChanged = previous === 'running'
    return {
      instance,
      previous,
      hasChanged,
      power: hasChanged ? stopped(instance, world.power(instance), nowMs, world.speed) : world.power(instance),
    }
  })
  world.apply(
    'StopInstances',
    changes.map(({ instance, power, hasChanged }) => ({
      id: instance.id,
      change: hasChanged ? { power } : {},
      hasChanged,
    })),
  )
  return { StoppingInstances: changes.map(({ instance, previous }) => toChange(instance, previous, context)) }
}

export const rebootInstances: Handler<RebootInstancesCommandInput, RebootInstancesCommandOutput> = (input, context) => {
  const { world, nowMs } = context
  const instances = namedInstances(input.InstanceIds, context)
  for (const instance of instances) {
    if (stateOf(instance, context) !== 'running') throw wrongState(instance, 'rebooted')
  }
  endDryRun(input)
  world.apply(
    'RebootInstances',
    instances.map((instance) => ({
      id: instance.id,
      change: { power: rebooted(instance, world.power(instance), nowMs, world.speed) },
      hasChanged: true,
    })),
  )
  return {}
}

export const stateOf = (instance: SeedInstance, { world, nowMs }: HandlerContext): StateName =>
  stateAt(world.power(instance), nowMs)

export const toChange = (instance: SeedInstance, previous: StateName, context: HandlerContext): InstanceStateChange => {
  const current = stateOf(instance, context)
  return {
    InstanceId: instance.id,
    PreviousState: { Name: previous, Code: stateCodes[previous] },
    CurrentState: { Name: current, Code: stateCodes[current] },
  }
}

export const wrongState = (instance: SeedInstance, what: string): Error =>
  awsError('IncorrectInstanceState', `The instance '${instance.id}' is not in a state from which it can be ${what}.`)

/** A type can be set that the instance's zone doesn't have; that comes out when it is started. */
const refusePlace = (instance: SeedInstance, { world }: HandlerContext): void => {
  const type = world.instanceType(instance)
  if (type === instance.fleet.instanceType || isOfferedIn(type, instance.availabilityZone)) return
  throw awsError(
    'Unsupported',
    `Your requested instance type (${type}) is not supported in your requested Availability Zone (${instance.availabilityZone}).`,
  )
}

const refuseStop = (instance: SeedInstance, input: StopInstancesCommandInput, context: HandlerContext): void => {
  const { id, isStopProtected, rootDeviceType, fleet } = instance
  if (cantStop.has(stateOf(instance, context))) throw wrongState(instance, 'stopped')
  if (isStopProtected) {
    throw awsError(
      'OperationNotPermitted',
      `The instance '${id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
    )
  }
  if (rootDeviceType === 'instance-store') {
    throw awsError(
      'UnsupportedOperation',
      `The instance '${id}' does not have an 'ebs' root device type and cannot be stopped.`,
    )
  }
  if (fleet.isSpot) {
    throw awsError(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${id}' because it is associated with a one-time Spot Instance request. ` +
        'You can only stop Spot Instances associated with persistent Spot Instance requests.',
    )
  }
  if (input.Hibernate === true) {
    throw awsError('UnsupportedHibernationConfiguration', `The instance '${id}' is not enabled for hibernation.`)
  }
}
