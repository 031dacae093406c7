import type { DriverJob } from './sdk.ts'

// A plain script with the AWS SDK: as many calls at once as its default of 50 sockets allows, its own retries, nothing else.
// The SDK's pauses run on the wall's clock; the sandbox's buckets run `speed` times as fast. So that both live in the same
// time, this process's timers and its clock do as well.

const run = async (job: DriverJob): Promise<{ failed: number }> => {
  hurry(job.speed)
  const { EC2Client, StopInstancesCommand, StartInstancesCommand, CreateTagsCommand } =
    await import('@aws-sdk/client-ec2')
  const { createSandboxClient } = await import('../../src/aws/sandbox-client.ts')
  const { useSandbox } = await import('../../src/aws/sandbox/middleware.ts')
  const client = new EC2Client({
    region: job.region,
    endpoint: 'https://sandbox.invalid',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    retryMode: job.mode,
    // Three is the default; the adaptive mode gets the ten that are advised for bulk work.
    maxAttempts: job.mode === 'adaptive' ? 10 : 3,
  })
  const transport = createSandboxClient({ url: job.url, token: async () => 'bench' })
  useSandbox(client.middlewareStack, transport, { service: 'ec2', account: job.account, region: job.region })

  const commandFor = (ids: string[]) => {
    switch (job.action) {
      case 'StopInstances':
        return new StopInstancesCommand({ InstanceIds: ids })
      case 'StartInstances':
        return new StartInstancesCommand({ InstanceIds: ids })
      case 'CreateTags':
        return new CreateTagsCommand({ Resources: ids, Tags: [{ Key: 'bench', Value: 'sdk' }] })
    }
  }
  const batches = Array.from({ length: Math.ceil(job.ids.length / job.batch) }, (_, index) =>
    job.ids.slice(index * job.batch, (index + 1) * job.batch),
  )
  let failed = 0
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      // The client's own union of commands is not one type to `send`; each of them is.
      await client
        .send(commandFor(batch) as InstanceType<typeof StopInstancesCommand>)
        .catch(() => (failed += batch.length))
    }
  }
  await Promise.all(Array.from({ length: 50 }, work))
  return { failed }
}

/** Makes this process's time pass that many times as fast. */
const hurry = (speed: number): void => {
  const { setTimeout: wallTimeout } = globalThis
  const wallNow = Date.now
  const beganMs = wallNow()
  Date.now = () => beganMs + (wallNow() - beganMs) * speed
  globalThis.setTimeout = ((callback: () => void, milliseconds = 0) =>
    wallTimeout(callback, milliseconds / speed)) as typeof globalThis.setTimeout
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
