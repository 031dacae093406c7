import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Ec2, Ec2Instance } from '#aws/ec2.ts'
import type { Task } from '#contracts/task.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { openSandboxTasks, operator } from './testing/sandbox-rig.ts'
import type { SandboxTasks } from './testing/sandbox-rig.ts'

// Resize, snapshots and termination through the real engine, adapters, quotas and access rules, over the simulated AWS.

const call = { priority: 'interactive' } as const
let rig: SandboxTasks
let ec2: Ec2
/** Plain x86 instances that nothing and nobody protects; a test takes what it needs. */
let free: Ec2Instance[]

before(async () => {
  rig = await openSandboxTasks({ speed: 500, size: 3000, seed: 'ec2' })
  ec2 = await rig.aws.ec2(await rig.aws.accounts.get(rig.place.account), rig.place.region)
  free = []
  for await (const page of ec2.listInstances(call)) {
    for (const one of page) {
      const isManaged = Object.keys(one.tags).some((key) => key.startsWith('aws:'))
      const isPlain = one.rootDeviceType === 'ebs' && one.lifecycle === 'on-demand' && !isManaged
      if (!isPlain || one.state !== 'running' || one.architecture !== 'x86_64' || one.hasInstanceStore) continue
      if (free.length >= 40) break
      if ((await ec2.isStopProtected(call, one.id)) || (await ec2.isTerminationProtected(call, one.id))) continue
      free.push(one)
    }
  }
})
after(() => rig.close())

const take = (claim: (one: Ec2Instance) => boolean = () => true): Ec2Instance => {
  const index = free.findIndex(claim)
  assert.ok(index >= 0, 'the estate has such an instance')
  return free.splice(index, 1)[0]!
}
const see = async (id: string): Promise<Ec2Instance | undefined> => (await ec2.describeInstances(call, [id]))[0]
const itemOf = async ({ id }: Task) => {
  const { items } = await rig.tasks.service.items(id, { limit: 10 })
  return items[0]!
}
const acceptedOf = async (id: string, action: string): Promise<[accepted: number, changed: number]> => {
  const effect = (await rig.host.control.effects([id])).find((one) => one.action === action)
  return [effect?.accepted ?? 0, effect?.changed ?? 0]
}
const snapshotsOf = async ({ volumeIds }: Ec2Instance) => {
  const found = await rig.host.handle({
    ...rig.place,
    service: 'ec2',
    action: 'DescribeSnapshots',
    input: { Filters: [{ Name: 'volume-id', Values: volumeIds }], MaxResults: 1000 },
  })
  return (found as { Snapshots: { SnapshotId: string; State: string }[] }).Snapshots
}
const ended = (task: Task, status: Task['status']) =>
  assert.equal(task.status, status, JSON.stringify(task.error ?? task.progress))

test('a running instance is resized and watched, and its undo gives it its own type back', async () => {
  const [one, other] = [take(), take(({ instanceType }) => instanceType !== free[0]?.instanceType)]
  const task = await rig.run('ec2.resize', { ids: [one.arn, other.arn] }, { type: 'm5.2xlarge', soakMinutes: 10 })
  ended(task, 'succeeded')
  for (const { id } of [one, other]) {
    const now = await see(id)
    assert.deepEqual([now?.instanceType, now?.state], ['m5.2xlarge', 'running'])
    assert.deepEqual(await acceptedOf(id, 'ModifyInstanceAttribute'), [1, 1])
  }
  const item = await itemOf(task)
  assert.deepEqual(
    item.steps.map(({ name }) => name),
    ['check', 'stop', 'stopped', 'modify', 'start', 'running', 'soak', 'verify'],
  )
  ended(await rig.undo(task.id), 'succeeded')
  for (const { id, instanceType } of [one, other]) {
    const now = await see(id)
    assert.deepEqual([now?.instanceType, now?.state], [instanceType, 'running'])
  }
})

test('without capacity for the new type the old one is back and runs', async () => {
  const one = take()
  await rig.host.control.addFault({
    kind: 'insufficient-capacity',
    action: 'StartInstances',
    resource: one.id,
    probability: 1,
    // The SDK tries a 5xx three times; the fourth start is the one that brings it back.
    times: 3,
  })
  const task = await rig.run('ec2.resize', { ids: [one.arn] }, { type: 'm5.4xlarge', soakMinutes: 0 })
  ended(task, 'failed')
  const item = await itemOf(task)
  assert.equal(item.status, 'compensated')
  assert.equal(item.error?.code, 'InsufficientInstanceCapacity')
  const now = await see(one.id)
  assert.deepEqual([now?.instanceType, now?.state], [one.instanceType, 'running'])
})

test('an answer that is lost does not change the type twice', async () => {
  const one = take()
  await rig.host.control.addFault({
    kind: 'connection-lost-after-effect',
    action: 'ModifyInstanceAttribute',
    resource: one.id,
    probability: 1,
    times: 3,
  })
  ended(await rig.run('ec2.resize', { ids: [one.arn] }, { type: 'm5.2xlarge', soakMinutes: 0 }), 'succeeded')
  assert.equal((await acceptedOf(one.id, 'ModifyInstanceAttribute'))[1], 1)
})

test('snapshots of every volume, once although the answer was lost, and none after the undo', async () => {
  const one = take(({ volumeIds }) => volumeIds.length === 2)
  await rig.host.control.addFault({
    kind: 'connection-lost-after-effect',
    action: 'CreateSnapshots',
    resource: one.id,
    probability: 1,
    times: 1,
  })
  const task = await rig.run('ec2.snapshot', { ids: [one.arn] }, {})
  ended(task, 'succeeded')
  assert.deepEqual(await acceptedOf(one.id, 'CreateSnapshots'), [1, 1])
  const made = await snapshotsOf(one)
  assert.deepEqual(
    made.map(({ State }) => State),
    ['completed', 'completed'],
  )
  const { after: image } = await itemOf(task)
  assert.deepEqual(
    Object.values(image?.['snapshots'] as Record<string, string>).sort(),
    made.map(({ SnapshotId }) => SnapshotId).sort(),
  )
  const undo = await rig.undo(task.id)
  ended(undo, 'succeeded')
  assert.deepEqual([undo.operation, undo.plan.risk], ['ec2.snapshot.delete', 'R1'])
  assert.deepEqual(await snapshotsOf(one), [])
})

test('snapshots of others are left alone: only what ec2.snapshot made can be deleted', async () => {
  const one = take()
  const [foreign] = await ec2.createSnapshots(call, { instanceId: one.id, description: 'by hand', tags: {} })
  assert.ok(foreign)
  const { plan } = await rig.tasks.planner.prepare({
    principal: operator,
    operation: 'ec2.snapshot.delete',
    targets: { ids: [one.arn] },
    params: { snapshotIds: [foreign.id] },
  })
  assert.deepEqual(plan.targets, [])
  assert.match(plan.excluded[0]?.why ?? '', /ec2\.snapshot did not make them/)
})

test('an instance is terminated once its final image is there, of which there is one although the answer was lost', async () => {
  const one = take()
  await rig.host.control.addFault({
    kind: 'connection-lost-after-effect',
    action: 'CreateImage',
    resource: one.id,
    probability: 1,
    times: 1,
  })
  const task = await rig.run('ec2.terminate', { ids: [one.arn] }, { delayHours: 0 })
  ended(task, 'succeeded')
  assert.equal(task.plan.risk, 'R4')
  assert.equal((await see(one.id))?.state, 'terminated')
  assert.deepEqual(await acceptedOf(one.id, 'CreateImage'), [1, 1])
  assert.deepEqual(await acceptedOf(one.id, 'TerminateInstances'), [1, 1])
  const item = await itemOf(task)
  const images = await ec2.describeImages(call, { tag: 'orchestrator:step', values: [item.id] })
  assert.deepEqual(
    images.map(({ id, state }) => [id, state]),
    [[item.after?.['finalImage'], 'available']],
  )
  assert.equal(task.undo.possible, false)
  assert.match(task.undo.why ?? '', /launch a new instance from it/)
})

test('one that was protected meanwhile is spared with its final image taken back, and the others of its zone die', async () => {
  const kept = take()
  const neighbour = take(({ availabilityZone }) => availabilityZone === kept.availabilityZone)
  const protect = async (): Promise<void> => {
    await rig.host.handle({
      ...rig.place,
      service: 'ec2',
      action: 'ModifyInstanceAttribute',
      input: { InstanceId: kept.id, DisableApiTermination: { Value: true } },
    })
  }
  const stored = await rig.tasks.planner.prepare({
    principal: operator,
    operation: 'ec2.terminate',
    targets: { ids: [kept.arn, neighbour.arn] },
    params: { delayHours: 0 },
  })
  const { id } = await rig.tasks.service.file({
    principal: operator,
    stored,
    reason: null,
    priority: 0,
    requestId: 'test',
  })
  const end = rig.toEnd(id)
  await waitFor('the image to be begun', async () => (await acceptedOf(kept.id, 'CreateImage'))[0] > 0)
  await protect()
  const task = await end
  ended(task, 'partly_failed')
  assert.deepEqual([(await see(kept.id))?.state, (await see(neighbour.id))?.state], ['running', 'terminated'])
  assert.deepEqual(await acceptedOf(kept.id, 'TerminateInstances'), [0, 0])
  assert.equal(Object.hasOwn((await see(kept.id))?.tags ?? {}, 'orchestrator:terminate-pending'), false)
  const { items } = await rig.tasks.service.items(id, { limit: 10 })
  const spared = items.find(({ target }) => target.id === kept.arn)
  assert.deepEqual([spared?.status, spared?.error?.code], ['compensated', 'termination_protected'])
  assert.deepEqual(await ec2.describeImages(call, { tag: 'orchestrator:step', values: [spared?.id ?? ''] }), [])
  assert.deepEqual(await ec2.describeSnapshots(call, { tag: 'orchestrator:step', values: [spared?.id ?? ''] }), [])
})

test('property: done and taken back, whatever is labelled exact leaves everything as it was', async () => {
  const subject = take(({ volumeIds }) => volumeIds.length === 2)
  const initial = fc.record({
    type: fc.constantFrom('t3.large', 'm5.large', 'c6i.xlarge', 'r6i.large'),
    state: fc.constantFrom('running', 'stopped'),
    wanted: fc.constantFrom('m6i.large', 'c5.xlarge', 't3.xlarge'),
    operation: fc.constantFrom('ec2.resize', 'ec2.snapshot'),
  })
  await fc.assert(
    fc.asyncProperty(initial, async ({ type, state, wanted, operation }) => {
      await ec2.stopInstances(call, [subject.id], {})
      await waitFor('it to stop', async () => (await see(subject.id))?.state === 'stopped')
      await ec2.modifyInstanceType(call, subject.id, type)
      if (state === 'running') await ec2.startInstances(call, [subject.id])
      await waitFor('its state', async () => (await see(subject.id))?.state === state)
      const was = await see(subject.id)
      const snapshots = (await snapshotsOf(subject)).length

      const params = operation === 'ec2.resize' ? { type: wanted, soakMinutes: 1 } : {}
      const task = await rig.run(operation, { ids: [subject.arn] }, params)
      ended(task, 'succeeded')
      const between = await see(subject.id)
      assert.equal(between?.state, state, 'a stopped instance stays stopped')
      assert.equal(between.instanceType, operation === 'ec2.resize' ? wanted : type)
      ended(await rig.undo(task.id), 'succeeded')

      const is = await see(subject.id)
      const told = (one: Ec2Instance | undefined) => [one?.instanceType, one?.state, one?.tags, one?.volumeIds]
      assert.deepEqual(told(is), told(was))
      assert.equal((await snapshotsOf(subject)).length, snapshots)
    }),
    { numRuns: 6, seed: 20261127 },
  )
})
