import type { ModifyInstanceAttributeCommandInput, ModifyInstanceAttributeCommandOutput } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { instanceTypes, isArm } from '../estate/instance-types.ts'
import type { Change } from '../world.ts'
import type { Handler, HandlerContext } from './context.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'
import { stateOf } from './power.ts'

/** One attribute a call, as EC2 has it: the type, which needs a stopped instance, or termination protection. */
export const modifyInstanceAttribute: Handler<
  ModifyInstanceAttributeCommandInput,
  ModifyInstanceAttributeCommandOutput
> = (input, context) => {
  const { world } = context
  const [instance] = namedInstances(input.InstanceId === undefined ? [] : [input.InstanceId], context)
  const named = Object.entries(input).flatMap(([key, value]) =>
    value === undefined || key === 'InstanceId' || key === 'DryRun' ? [] : [key],
  )
  const [name] = named
  if (name === undefined) throw awsError('MissingParameter', 'No attributes specified.')
  if (named.length > 1) {
    throw awsError('InvalidParameterCombination', 'Fields for multiple attribute types specified')
  }
  // namedInstances has found the one that was named, or thrown.
  const { change, hasChanged } = changeOf(instance!, input, name, context)
  endDryRun(input)
  world.apply('ModifyInstanceAttribute', [{ id: instance!.id, change, hasChanged }])
  return {}
}

const changeOf = (
  instance: SeedInstance,
  input: ModifyInstanceAttributeCommandInput,
  name: string,
  context: HandlerContext,
): { change: Change; hasChanged: boolean } => {
  const { world } = context
  switch (name) {
    case 'DisableApiTermination': {
      const isTerminationProtected = input.DisableApiTermination?.Value ?? false
      return {
        change: { isTerminationProtected },
        hasChanged: isTerminationProtected !== world.isTerminationProtected(instance),
      }
    }
    case 'InstanceType': {
      const instanceType = input.InstanceType?.Value ?? ''
      refuseType(instance, instanceType, context)
      return { change: { instanceType }, hasChanged: instanceType !== world.instanceType(instance) }
    }
    default:
      throw awsError('InvalidParameterValue', `The sandbox can't modify the attribute ${name}.`)
  }
}

const refuseType = (instance: SeedInstance, instanceType: string, context: HandlerContext): void => {
  const { id, fleet } = instance
  if (fleet.isSpot) {
    throw awsError('UnsupportedOperation', `The type of the Spot Instance '${id}' can't be modified.`)
  }
  if (stateOf(instance, context) !== 'stopped') {
    throw awsError('IncorrectInstanceState', `The instance '${id}' is not in the 'stopped' state.`)
  }
  const facts = instanceTypes.get(instanceType)
  if (facts === undefined) {
    throw awsError('InvalidParameterValue', `Invalid value '${instanceType}' for InstanceType.`)
  }
  const architecture = isArm(fleet.instanceType) ? 'arm64' : 'x86_64'
  if (facts.architecture !== architecture) {
    throw awsError(
      'InvalidParameterValue',
      `The architecture '${facts.architecture}' of the specified instance type does not match the architecture '${architecture}' of the instance.`,
    )
  }
}
