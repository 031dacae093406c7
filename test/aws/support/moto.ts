import assert from 'node:assert/strict'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateImageCommand, EC2Client, ModifyInstanceAttributeCommand, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { createAws } from '#aws/aws.ts'
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../support/database.ts'
import type { Backend } from './backend.ts'
import { fillMoto } from './moto-around.ts'

/** The account that moto plays unless told otherwise. */
const accountId = '123456789012'
const region = 'eu-west-1'

/** moto (an AWS emulator that we did not write) at the URL that the test command gives, filled with a few instances. */
export const openMoto = async (url: string): Promise<Backend> => {
  // What the account's ambient credentials are; moto takes any.
  process.env['AWS_ACCESS_KEY_ID'] = 'testing'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'testing'
  await fetch(new URL('/moto-api/reset', url), { method: 'POST' })
  const settings = { region, endpoint: url, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } }
  const client = new EC2Client(settings)
  const run = async (count: number, options: { DisableApiStop?: boolean } = {}): Promise<string[]> => {
    const { Instances } = await client.send(
      new RunInstancesCommand({
        ImageId: 'ami-12c6146b',
        InstanceType: 't3.micro',
        MinCount: count,
        MaxCount: count,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'contract' }] }],
        ...options,
      }),
    )
    return (Instances ?? []).map(({ InstanceId }) => InstanceId ?? '')
  }
  const instances = await run(24)
  const [stopProtected] = await run(1, { DisableApiStop: true })
  const [kept, neighbour] = await run(2)
  assert.ok(stopProtected !== undefined && kept !== undefined && neighbour !== undefined)
  // moto takes it only here, not at the launch.
  await client.send(new ModifyInstanceAttributeCommand({ InstanceId: kept, DisableApiTermination: { Value: true } }))

  const logs = new CloudWatchLogsClient(settings)
  const logGroups = Array.from({ length: 60 }, (_, index) => `/contract/group-${index}`)
  for (const logGroupName of logGroups) await logs.send(new CreateLogGroupCommand({ logGroupName }))
  const [logGroupName] = logGroups
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'contract' }))
  const logEvents = ['started', 'request served', 'ERROR no answer', 'request served', 'stopped'].map(
    (message, index) => ({ message, timestamp: Date.now() - 60_000 + index * 1_000 }),
  )
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'contract', logEvents }))
  logs.destroy()

  const { db, drop } = await freshDatabase()
  const log = createLog({ level: 'error' })
  const aws = createAws({
    db,
    log,
    clock: systemClock,
    sandbox: { speed: 1, transport: undefined },
    endpointUrl: url,
    region,
  })
  const [account] = await aws.accounts.ensureFirst('aws')
  assert.equal(account?.id, accountId)
  return {
    name: 'moto',
    aws,
    account,
    region,
    instances,
    stopProtected,
    logGroups,
    terminationProtected: [kept, neighbour],
    createImage: async ({ instanceId, name, tags }) => {
      const { ImageId } = await client.send(
        new CreateImageCommand({
          InstanceId: instanceId,
          Name: name,
          TagSpecifications: [
            { ResourceType: 'image', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
        }),
      )
      return ImageId ?? ''
    },
    fill: () => fillMoto(settings, instances),
    close: async () => {
      client.destroy()
      await aws.close()
      await drop()
    },
  }
}
