import type { GetResourceCommandInput, GetResourceCommandOutput } from '@aws-sdk/client-cloudcontrol'
import { awsError } from '../aws-error.ts'
import type { Partition } from '../estate/partitions.ts'
import { findKey } from '../estate/volume-key.ts'
import type { Handler } from './context.ts'

/** The types that the sandbox has properties of. */
const types = new Set(['AWS::SQS::Queue', 'AWS::Kinesis::Stream', 'AWS::DynamoDB::Table', 'AWS::RDS::DBInstance'])

const keyType = 'AWS::KMS::Key'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html */
const keyProperties = (seed: number, partition: Partition, id: string): Record<string, unknown> | undefined => {
  const key = findKey(seed, partition, id)
  return (
    key && {
      KeyId: key.id,
      Arn: key.arn,
      Description: key.description,
      Enabled: key.isEnabled,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: false,
      Origin: 'AWS_KMS',
    }
  )
}

export const getResource: Handler<GetResourceCommandInput, GetResourceCommandOutput> = (
  { TypeName = '', Identifier = '' },
  { world, partition },
) => {
  const properties = TypeName === keyType ? keyProperties(world.estate.seed, partition, Identifier) : undefined
  if (properties !== undefined)
    return { TypeName, ResourceDescription: { Identifier, Properties: JSON.stringify(properties) } }
  if (!types.has(TypeName) && TypeName !== keyType)
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
