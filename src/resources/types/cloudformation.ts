/** The type of a resource in CloudFormation, and what it goes by there. */
export type CloudFormationName = { typeName: string; identifier: string }

type Parts = { arn: string; region: string; account: string; resource: string }

/** Behind the first separator of the resource part: `table/orders` is `orders`, `db:main` is `main`. */
const name = ({ resource }: Parts): string => resource.replace(/^\/?[^:/]+[:/]/, '')
const last = ({ resource }: Parts): string => resource.split(/[:/]/).at(-1) ?? resource
const whole = ({ arn }: Parts): string => arn

/**
 * How Cloud Control is asked for types that tags find: by the primary identifier of each type's schema
 * (https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-identifier.html).
 */
const types: Record<string, [typeName: string, identifier: (parts: Parts) => string]> = {
  'apigateway.restapis': ['AWS::ApiGateway::RestApi', last],
  'appsync.apis': ['AWS::AppSync::GraphQLApi', whole],
  'athena.workgroup': ['AWS::Athena::WorkGroup', name],
  'backup.backup-vault': ['AWS::Backup::BackupVault', name],
  'batch.compute-environment': ['AWS::Batch::ComputeEnvironment', whole],
  'batch.job-queue': ['AWS::Batch::JobQueue', whole],
  'cloudformation.stack': ['AWS::CloudFormation::Stack', whole],
  'cloudfront.distribution': ['AWS::CloudFront::Distribution', name],
  'cloudtrail.trail': ['AWS::CloudTrail::Trail', name],
  'cognito-idp.userpool': ['AWS::Cognito::UserPool', name],
  'dynamodb.table': ['AWS::DynamoDB::Table', name],
  'ec2.internet-gateway': ['AWS::EC2::InternetGateway', name],
  'ec2.launch-template': ['AWS::EC2::LaunchTemplate', name],
  'ec2.natgateway': ['AWS::EC2::NatGateway', name],
  'ec2.network-acl': ['AWS::EC2::NetworkAcl', name],
  'ec2.route-table': ['AWS::EC2::RouteTable', name],
  'ec2.vpc-endpoint': ['AWS::EC2::VPCEndpoint', name],
  'ecr.repository': ['AWS::ECR::Repository', name],
  'ecs.cluster': ['AWS::ECS::Cluster', name],
  'ecs.task-definition': ['AWS::ECS::TaskDefinition', whole],
  'eks.cluster': ['AWS::EKS::Cluster', name],
  'elasticache.replicationgroup': ['AWS::ElastiCache::ReplicationGroup', name],
  'elasticfilesystem.file-system': ['AWS::EFS::FileSystem', name],
  'es.domain': ['AWS::OpenSearchService::Domain', name],
  'events.event-bus': ['AWS::Events::EventBus', name],
  'events.rule': ['AWS::Events::Rule', whole],
  'firehose.deliverystream': ['AWS::KinesisFirehose::DeliveryStream', name],
  'glue.crawler': ['AWS::Glue::Crawler', name],
  'glue.job': ['AWS::Glue::Job', name],
  'kafka.cluster': ['AWS::MSK::Cluster', whole],
  'kinesis.stream': ['AWS::Kinesis::Stream', name],
  'kms.key': ['AWS::KMS::Key', name],
  'rds.cluster': ['AWS::RDS::DBCluster', name],
  'rds.db': ['AWS::RDS::DBInstance', name],
  'rds.pg': ['AWS::RDS::DBParameterGroup', name],
  'rds.subgrp': ['AWS::RDS::DBSubnetGroup', name],
  'redshift.cluster': ['AWS::Redshift::Cluster', name],
  'route53.hostedzone': ['AWS::Route53::HostedZone', name],
  'secretsmanager.secret': ['AWS::SecretsManager::Secret', whole],
  'sns.topic': ['AWS::SNS::Topic', whole],
  'sqs.queue': [
    'AWS::SQS::Queue',
    ({ region, account, resource }) =>
      `https://sqs.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/${account}/${resource}`,
  ],
  'states.statemachine': ['AWS::StepFunctions::StateMachine', whole],
}

/** Undefined for types that are not in the table: they stay with their tags. */
export const cloudFormationOf = (type: string, arn: string): CloudFormationName | undefined => {
  const found = types[type]
  const [, region = '', account = '', resource] = /^arn:[^:]+:[^:]+:([^:]*):([^:]*):(.+)$/.exec(arn) ?? []
  if (found === undefined || resource === undefined) return undefined
  const [typeName, identifier] = found
  return { typeName, identifier: identifier({ arn, region, account, resource }) }
}
