import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { CreateSnapshotsResult, DescribeInstancesResult, DescribeSnapshotsResult } from '@aws-sdk/client-ec2'
import { ask, createFakeClock, temporarySandbox } from '../testing/host.ts'

const clock = createFakeClock()
const sandbox = temporarySandbox({ clock })
const host = sandbox.open()
after(async () => {
  await host.close()
  sandbox.remove()
})
const tell = ask(host)

const plain = async (): Promise<string> => {
  const { Reservations } = await tell<DescribeInstancesResult>('DescribeInstances', {
    Filters: [
      { Name: 'instance-state-name', Values: ['running'] },
      { Name: 'root-device-type', Values: ['ebs'] },
    ],
    MaxResults: 50,
  })
  return Reservations?.[0]?.Instances?.[0]?.InstanceId ?? assert.fail('no running instance')
}
const tagsOf = async (id: string) => {
  const { Reservations } = await tell<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] })
  return Reservations?.[0]?.Instances?.[0]?.Tags?.find(({ Key }) => Key === 'note')?.Value
}

test('reads see what was done only after a while, writes see it at once', async () => {
  const id = await plain()
  const tag = (Value: string) => tell('CreateTags', { Resources: [id], Tags: [{ Key: 'note', Value }] })
  const fault = await host.control.addFault({ kind: 'eventual-consistency', probability: 1, milliseconds: 3000 })
  await tag('first')
  assert.equal(await tagsOf(id), undefined)
  clock.advance(2)
  await tag('second')
  clock.advance(2)
  assert.equal(await tagsOf(id), 'first')
  clock.advance(2)
  assert.equal(await tagsOf(id), 'second')
  await tag('third')
  await host.control.removeFault(fault.id)
  assert.equal(await tagsOf(id), 'third')
})

test('what was made is not found yet, what was deleted still is', async () => {
  const id = await plain()
  await host.control.addFault({ kind: 'eventual-consistency', probability: 1 })
  const { Snapshots = [] } = await tell<CreateSnapshotsResult>('CreateSnapshots', {
    InstanceSpecification: { InstanceId: id },
  })
  const [snapshot] = Snapshots.map(({ SnapshotId = '' }) => SnapshotId)
  const find = () => tell<DescribeSnapshotsResult>('DescribeSnapshots', { SnapshotIds: [snapshot] })
  await assert.rejects(find(), { name: 'InvalidSnapshot.NotFound' })
  clock.advance(6)
  assert.equal((await find()).Snapshots?.length, 1)
  await tell('DeleteSnapshot', { SnapshotId: snapshot })
  assert.equal((await find()).Snapshots?.length, 1)
  clock.advance(6)
  await assert.rejects(find(), { name: 'InvalidSnapshot.NotFound' })
  await host.control.clearFaults()
})

test('it says which sandbox it is, and what goes wrong in it', async () => {
  const { seed, size, speed, incidents } = await host.control.info()
  assert.deepEqual([seed, size, speed], ['test', 900, 1])
  assert.ok(incidents.length > 5)
  const nowMs = clock.now().getTime()
  assert.ok(incidents.some(({ from }) => Date.parse(from) <= nowMs))
  assert.ok(incidents.some(({ from }) => Date.parse(from) > nowMs))
})
