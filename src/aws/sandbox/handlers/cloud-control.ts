import type { GetResourceCommandInput, GetResourceCommandOutput } from '@aws-sdk/client-cloudcontrol'
import { awsError } from '../aws-error.ts'
import type { Handler } from './context.ts'

/** The types that the sandbox has properties of. */
const types = new Set(['AWS::SQS::Queue', 'AWS::Kinesis::Stream', 'AWS::DynamoDB::Table', 'AWS::RDS::DBInstance'])

export const getResource: Handler<GetResourceCommandInput, GetResourceCommandOutput> = (
  { TypeName = '', Identifier = '' },
  { world, partition },
) => {
  if (!types.has(TypeName))
    throw awsError('UnsupportedActionException', `Resource type ${TypeName} does not support READ action`)
  const found = world
    .generics(partition)
    .find(({ typeName, identifier }) => typeName === TypeName && identifier === Identifier)
  if (found === undefined)
    throw awsError(
      'ResourceNotFoundException',
      `Resource of type '${TypeName}' with identifier '${Identifier}' was not found.`,
      404,
    )
  return { TypeName, ResourceDescription: { Identifier, Properties: JSON.stringify(found.properties) } }
}
