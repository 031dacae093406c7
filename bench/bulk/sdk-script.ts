import { useSandbox } from '../../src/aws/sandbox/middleware.ts'
import type { Action } from './scenarios.ts'
import type { DriverJob } from './sdk.ts'

// A plain script with the AWS SDK: as many calls at once as its default of 50 sockets allows, its own retries, nothing else.
// The SDK's pauses run on the wall's clock; the sandbox's buckets run `speed` times as fast. So that both live in the same
// time, this process's timers and its clock do as well.

const run = async (job: DriverJob): Promise<{ failed: number }> => {
  hurry(job.speed)
  const call = job.action === 'PutMetricAlarm' ? await openCloudWatch(job) : await openEc2(job, job.action)
  const batches = Array.from({ length: Math.ceil(job.ids.length / job.batch) }, (_, index) =>
    job.ids.slice(index * job.batch, (index + 1) * job.batch),
  )
  let failed = 0
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const { length } = batch
      await call(batch).catch(() => (failed += length))
    }
  }
  await Promise.all(Array.from({ length: 50 }, work))
  return { failed }
}

type Call = (ids: string[]) => Promise<unknown>

const configure = ({ region, mode }: DriverJob) => ({
  region,
  endpoint: 'https://sandbox.invalid',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  retryMode: mode,
  // Three is the default; the adaptive mode gets the ten that are advised for bulk work.
  maxAttempts: mode === 'adaptive' ? 10 : 3,
})

const simulate = async (job: DriverJob, stack: Parameters<typeof useSandbox>[0], service: string): Promise<void> => {
  const { createSandboxClient } = await import('../../src/aws/sandbox-client.ts')
  const transport = createSandboxClient({ url: job.url, token: async () => 'bench' })
  useSandbox(stack, transport, { service, account: job.account, region: job.region })
}

const openEc2 = async (job: DriverJob, action: Exclude<Action, 'PutMetricAlarm'>): Promise<Call> => {
  const { EC2Client, StopInstancesCommand, StartInstancesCommand, CreateTagsCommand } =
    await import('@aws-sdk/client-ec2')
  const client = new EC2Client(configure(job))
  await simulate(job, client.middlewareStack, 'ec2')
  switch (action) {
    case 'StopInstances':
      return (InstanceIds) => client.send(new StopInstancesCommand({ InstanceIds }))
    case 'StartInstances':
      return (InstanceIds) => client.send(new StartInstancesCommand({ InstanceIds }))
    case 'CreateTags':
      return (Resources) => client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'bench', Value: 'sdk' }] }))
  }
}

const openCloudWatch = async (job: DriverJob): Promise<Call> => {
  const { CloudWatchClient, PutMetricAlarmCommand } = await import('@aws-sdk/client-cloudwatch')
  const client = new CloudWatchClient(configure(job))
  await simulate(job, client.middlewareStack, 'cloudwatch')
  const put = (id: string): Promise<unknown> =>
    client.send(
      new PutMetricAlarmCommand({
        AlarmName: `bench-${id}-cpu`,
        Namespace: 'AWS/EC2',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'InstanceId', Value: id }],
        Statistic: 'Average',
        Period: 300,
        EvaluationPeriods: 3,
        Threshold: 90,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    )
  return (ids) => Promise.all(ids.map(put))
}

/** Makes this process's time pass that many times as fast. */
const hurry = (speed: number): void => {
  const { setTimeout: wallTimeout } = globalThis
  const wallNow = Date.now
  const beganMs = wallNow()
  Date.now = () => beganMs + (wallNow() - beganMs) * speed
  globalThis.setTimeout = ((callback: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]) =>
    wallTimeout(callback, milliseconds / speed, ...given)) as typeof globalThis.setTimeout
}

process.once('message', (job) => {
  run(job as DriverJob).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
