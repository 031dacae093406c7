import type {
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput,
  _InstanceType,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { Handler } from './context.ts'
import { endDryRun, namedInstances } from './instance-ids.ts'

export const describeInstanceAttribute: Handler<
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput
> = (input, context) => {
  const [instance] = namedInstances(input.InstanceId === undefined ? [] : [input.InstanceId], context)
  // namedInstances has found the one that was named, or thrown.
  const { id, isStopProtected } = instance!
  const { world } = context
  endDryRun(input)
  switch (input.Attribute) {
    case 'disableApiStop':
      return { InstanceId: id, DisableApiStop: { Value: isStopProtected } }
    case 'disableApiTermination':
      return { InstanceId: id, DisableApiTermination: { Value: world.isTerminationProtected(instance!) } }
    case 'instanceType':
      // The estate's types are names of real ones.
      return { InstanceId: id, InstanceType: { Value: world.instanceType(instance!) as _InstanceType } }
    case 'instanceInitiatedShutdownBehavior':
      return { InstanceId: id, InstanceInitiatedShutdownBehavior: { Value: 'stop' } }
    default:
      throw awsError('InvalidParameterValue', `Value (${String(input.Attribute)}) for parameter attribute is invalid.`)
  }
}
