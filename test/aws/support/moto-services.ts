import { CloudWatchClient, PutDashboardCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, PutMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'

/** An archive without files: moto runs nothing of it. */
const emptyZip = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64')
const tags = [{ Key: 'Name', Value: 'contract' }]

/** Puts buckets, functions, a role, a queue, a dashboard and a metric filter into moto, as its own AWS calls make them. */
export const fillMoto = async (url: string, region: string, logGroup: string): Promise<void> => {
  const settings = { region, endpoint: url, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } }
  const s3 = new S3Client({ ...settings, forcePathStyle: true })
  const names = Array.from({ length: 8 }, (_, index) => `contract-${index}`)
  for (const Bucket of names) {
    // Any Region of AWS but the first is one.
    const CreateBucketConfiguration = { LocationConstraint: region as 'eu-west-1' }
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tags } }))
  }
  const [Bucket] = names
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' } }],
      },
    }),
  )
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } }],
      },
    }),
  )
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true },
    }),
  )

  const iam = new IAMClient(settings)
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'contract',
      Path: '/of/contract/',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
      Tags: tags,
    }),
  )
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
  })
  const { Policy: policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'contract', PolicyDocument: document }),
  )
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'contract', PolicyArn: policy?.Arn }))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'contract', PolicyName: 'inline', PolicyDocument: document }))
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'contract' }))
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'contract', RoleName: 'contract' }))

  const sqs = new SQSClient(settings)
  await sqs.send(new CreateQueueCommand({ QueueName: 'contract', tags: { Name: 'contract' } }))
  const lambda = new LambdaClient(settings)
  const { LayerVersionArn } = await lambda.send(
    new PublishLayerVersionCommand({
      LayerName: 'contract',
      Content: { ZipFile: emptyZip },
      CompatibleRuntimes: ['python3.13'],
    }),
  )
  for (let index = 0; index < 4; index++) {
    const FunctionName = `contract-${index}`
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'python3.13',
        Handler: 'app.handler',
        Role: Role?.Arn,
        Code: { ZipFile: emptyZip },
        Tags: { Name: FunctionName },
        Environment: { Variables: { SECRET: 'do not show' } },
        Layers: [LayerVersionArn ?? ''],
      }),
    )
    await lambda.send(new PublishVersionCommand({ FunctionName }))
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }))
  }
  const EventSourceArn = `arn:aws:sqs:${region}:123456789012:contract`
  await lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'contract-0', EventSourceArn, BatchSize: 5 }))

  const cloudwatch = new CloudWatchClient(settings)
  const DashboardBody = JSON.stringify({ widgets: [] })
  await cloudwatch.send(new PutDashboardCommand({ DashboardName: 'contract', DashboardBody }))
  const logs = new CloudWatchLogsClient(settings)
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName: logGroup,
      filterName: 'errors',
      filterPattern: 'ERROR',
      metricTransformations: [{ metricName: 'Errors', metricNamespace: 'Contract', metricValue: '1' }],
    }),
  )
  for (const client of [s3, iam, sqs, lambda, cloudwatch, logs]) client.destroy()
}
