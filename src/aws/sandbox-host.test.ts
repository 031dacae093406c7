import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import type { DescribeInstancesResult, StopInstancesResult } from '@aws-sdk/client-ec2'
import { ask, createFakeClock, temporarySandbox } from './testing/host.ts'

const firstRunning = async (tell: ReturnType<typeof ask>): Promise<string> => {
  const { Reservations } = await tell<DescribeInstancesResult>('DescribeInstances', {
    Filters: [
      { Name: 'instance-state-name', Values: ['running'] },
      { Name: 'root-device-type', Values: ['ebs'] },
    ],
    MaxResults: 50,
  })
  for (const { Instances } of Reservations ?? []) {
    const { InstanceId, InstanceLifecycle } = Instances?.[0] ?? {}
    if (InstanceId === undefined || InstanceLifecycle !== undefined) continue
    const { DisableApiStop } = await tell<{ DisableApiStop?: { Value?: boolean } }>('DescribeInstanceAttribute', {
      InstanceId,
      Attribute: 'disableApiStop',
    })
    if (DisableApiStop?.Value !== true) return InstanceId
  }
  return assert.fail('no running instance')
}
const stateOf = async (tell: ReturnType<typeof ask>, id: string): Promise<string | undefined> => {
  const { Reservations } = await tell<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] })
  return Reservations?.[0]?.Instances?.[0]?.State?.Name
}

describe('the state of the sandbox', () => {
  const clock = createFakeClock()
  const sandbox = temporarySandbox({ clock })
  after(() => sandbox.remove())

  test('outlives a restart, and goes on where it was', async () => {
    const before = sandbox.open()
    const id = await firstRunning(ask(before))
    await ask(before)('StopInstances', { InstanceIds: [id] })
    await ask(before)('CreateTags', { Resources: [id], Tags: [{ Key: 'note', Value: 'kept' }] })
    assert.equal(await stateOf(ask(before), id), 'stopping')
    await before.close()

    clock.advance(60)
    const again = sandbox.open()
    assert.equal(await stateOf(ask(again), id), 'stopped')
    const { Reservations } = await ask(again)<DescribeInstancesResult>('DescribeInstances', {
      Filters: [{ Name: 'tag:note', Values: ['kept'] }],
    })
    assert.deepEqual(
      Reservations?.map(({ Instances }) => Instances?.[0]?.InstanceId),
      [id],
    )
    assert.deepEqual(await again.control.effects([id]), [
      { resource: id, action: 'CreateTags', accepted: 1, changed: 1 },
      { resource: id, action: 'StopInstances', accepted: 1, changed: 1 },
    ])
    await again.close()
  })

  test('is another one with another seed or size, and there again when they are set back', async () => {
    const first = sandbox.open()
    const id = await firstRunning(ask(first))
    await ask(first)('StopInstances', { InstanceIds: [id] })
    await first.close()
    const other = sandbox.open({ seed: 'another' })
    await assert.rejects(stateOf(ask(other), id), { name: 'InvalidInstanceID.NotFound' })
    await other.close()
    const larger = sandbox.open({ size: 3000 })
    assert.deepEqual(await larger.control.effects(), [])
    await larger.close()
    const back = sandbox.open()
    assert.equal(await stateOf(ask(back), id), 'stopping')
    await back.close()
  })

  test('is held by one at a time, with a clear refusal for the second', async () => {
    const first = sandbox.open()
    assert.throws(() => sandbox.open(), { code: 'sandbox_in_use', message: /Another process holds the sandbox/ })
    await first.close()
    await sandbox.open().close()
  })
})

test('an acknowledged effect survives kill -9, and the killed process keeps no lock', async () => {
  const clock = createFakeClock()
  const sandbox = temporarySandbox({ clock })
  const script = `
    import { createSandboxHost } from '#aws/sandbox-host.ts'
    import { systemClock } from '#platform/clock.ts'
    import { createLog } from '#platform/log.ts'
    const host = createSandboxHost({ dataDir: process.env.DATA_DIR, seed: 'test', size: 900, speed: 1, clock: systemClock, log: createLog({ level: 'silent' }) })
    const place = { account: '777788889999', region: 'us-east-1', service: 'ec2' }
    const { Reservations } = await host.handle({ ...place, action: 'DescribeInstances', input: { MaxResults: 100 } })
    const ids = Reservations.map(({ Instances }) => Instances[0].InstanceId)
    // One after the other, each said only once it was acknowledged, until the end comes.
    for (;;) for (const id of ids) {
      await host.handle({ ...place, action: 'CreateTags', input: { Resources: [id], Tags: [{ Key: 'round', Value: 'x' }] } }).catch(() => new Promise((resolve) => setTimeout(resolve, 50)))
      process.stdout.write(id + '\\n')
    }`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script], {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, DATA_DIR: sandbox.dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = ''
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      acknowledged += chunk.toString()
      if (acknowledged.split('\n').length > 40) resolve()
    })
  })
  assert.throws(() => sandbox.open(), { code: 'sandbox_in_use' })
  child.kill('SIGKILL')
  await once(child, 'close')
  const ids = new Set(acknowledged.split('\n').slice(0, -1))
  assert.ok(ids.size >= 40)

  const host = sandbox.open()
  const effects = await host.control.effects([...ids])
  assert.deepEqual(new Set(effects.map(({ resource }) => resource)), ids)
  await host.close()
  sandbox.remove()
})

test('what the sandbox could not write did not happen', async () => {
  const clock = createFakeClock()
  const sandbox = temporarySandbox({ clock })
  const host = sandbox.open()
  const tell = ask(host)
  const id = await firstRunning(tell)
  await host.close()
  // The store is closed, as a full or broken disk would be.
  await assert.rejects(tell<StopInstancesResult>('StopInstances', { InstanceIds: [id] }), {
    name: 'InternalError',
    $fault: 'server',
  })
  sandbox.remove()
})
