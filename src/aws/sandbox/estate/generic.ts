import { fleetAt, fleetSize } from './fleet.ts'
import { hexOf } from './hex.ts'
import { estateEpochMs } from './instance.ts'
import type { Partition } from './partitions.ts'
import { databaseArn, queueArn, streamArn, tableArn } from './queue.ts'
import { fraction, mix, pick } from './random.ts'
import { companyTags, stackTags } from './tags.ts'

/** A resource that the estate has as tags and CloudFormation properties only. */
export type SeedGeneric = {
  arn: string
  /** Its type in CloudFormation and what it goes by there. */
  typeName: string
  identifier: string
  properties: Record<string, unknown>
  tags: Record<string, string>
}

/** Beyond that many fleets the same apps come again, and would bring the same names. */
const mostFleets = 400
const databaseClasses = ['db.t4g.medium', 'db.r6g.large', 'db.m6g.large'] as const

/**
 * Queues, streams, tables and databases: what the functions and machines of a partition's fleets talk to. By ARN, each once
 * though several fleets share it.
 */
export const genericsOf = (seed: number, partition: Partition): SeedGeneric[] => {
  const { account, region } = partition
  const fleets = Math.min(mostFleets, Math.ceil(partition.instances / fleetSize))
  const all = new Map<string, SeedGeneric>()
  for (let number = 0; number < fleets; number++) {
    const { app, env, role, owner } = fleetAt(seed, partition, number)
    const dice = (salt: number): number => fraction(seed, partition.number, number, salt)
    const add = (
      name: string,
      arn: string,
      typeName: string,
      properties: Record<string, unknown>,
      identifier = name,
      logicalId = 'Resource',
    ): void => {
      if (all.has(arn)) return
      const tags = {
        ...companyTags({ name, app, env, owner }, seed, partition.number, number, 501),
        ...(dice(502) < 0.3 ? stackTags(`${app.name}-${env}`, logicalId) : {}),
      }
      const listed = Object.entries(tags).flatMap(([Key, Value]) => (Key.startsWith('aws:') ? [] : [{ Key, Value }]))
      all.set(arn, { arn, typeName, identifier, properties: { ...properties, Tags: listed }, tags })
    }
    for (const suffix of ['events', 'dead-letters']) {
      const name = `${app.name}-${suffix}-${env}`
      const arn = queueArn(account, region, name)
      const url = `https://sqs.${region}.amazonaws.com/${account}/${name}`
      const properties = {
        QueueName: name,
        QueueUrl: url,
        Arn: arn,
        VisibilityTimeout: suffix === 'events' ? 60 : 30,
        MessageRetentionPeriod: suffix === 'events' ? 345_600 : 1_209_600,
        SqsManagedSseEnabled: dice(503) < 0.9,
      }
      add(name, arn, 'AWS::SQS::Queue', properties, url, 'Queue')
    }
    if (dice(504) < 0.3) {
      const name = `${app.name}-activity-${env}`
      const properties = { Name: name, Arn: streamArn(account, region, name), ShardCount: 2, RetentionPeriodHours: 24 }
      add(name, streamArn(account, region, name), 'AWS::Kinesis::Stream', properties, name, 'Stream')
    }
    if (role === 'api' || role === 'web') {
      const name = `${app.name}-${env}`
      const arn = tableArn(account, region, name)
      const properties = {
        TableName: name,
        Arn: arn,
        BillingMode: dice(505) < 0.7 ? 'PAY_PER_REQUEST' : 'PROVISIONED',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: env === 'prod' },
        DeletionProtectionEnabled: env === 'prod' && dice(506) < 0.6,
      }
      add(name, arn, 'AWS::DynamoDB::Table', properties, name, 'Table')
    }
    if (role === 'db') {
      const name = `${app.name}-${env}`
      const arn = databaseArn(account, region, name)
      const properties = {
        DBInstanceIdentifier: name,
        DBInstanceArn: arn,
        DbiResourceId: `db-${hexOf(26, seed, partition.number, number, 507).toUpperCase()}`,
        Engine: 'postgres',
        EngineVersion: dice(508) < 0.7 ? '17.6' : '13.20',
        DBInstanceClass: pick(databaseClasses, seed, partition.number, number, 509),
        AllocatedStorage: String(100 * (1 + (mix(seed, partition.number, number, 510) % 9))),
        StorageEncrypted: dice(511) < 0.9,
        MultiAZ: env === 'prod',
        PubliclyAccessible: dice(512) < 0.03,
        BackupRetentionPeriod: env === 'prod' ? 14 : dice(513) < 0.5 ? 1 : 0,
        DeletionProtection: env === 'prod',
        InstanceCreateTime: new Date(estateEpochMs - Math.floor(dice(514) * 900 * 86_400_000)).toISOString(),
      }
      add(name, arn, 'AWS::RDS::DBInstance', properties, name, 'Database')
    }
  }
  return [...all.values()].toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
}
