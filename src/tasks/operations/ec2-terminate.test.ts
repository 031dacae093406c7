import { test } from 'node:test'
import assert from 'node:assert/strict'
import { arnOf, createFakeEc2, instance, refusal, volume } from '../../../test/support/fake-ec2.ts'
import type { FakeEc2 } from '../../../test/support/fake-ec2.ts'
import { scopeOf, stepOf } from '../../../test/support/operation-parts.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { LiveTarget, Step, StepTarget } from '../operation.ts'
import { ec2Terminate } from './ec2-terminate.ts'

const params = ec2Terminate.params.parse({})
const mapping = (VolumeId: string, DeleteOnTermination: boolean) => ({ Ebs: { VolumeId, DeleteOnTermination } })
const withVolumes = {
  volumeIds: ['vol-2', 'vol-1'],
  raw: { BlockDeviceMappings: [mapping('vol-1', true), mapping('vol-2', false)] },
}
const liveOf = async (given: Partial<Ec2Instance>, prepare: (ec2: FakeEc2) => void = () => {}): Promise<LiveTarget> => {
  const ec2 = createFakeEc2([instance('i-1', given)])
  prepare(ec2)
  const live = (await ec2Terminate.read(scopeOf(ec2), [arnOf('i-1')], params)).get(arnOf('i-1'))
  assert.ok(live)
  return live
}
const guardOf = async (given: Partial<Ec2Instance>, more = {}): Promise<string | null> =>
  ec2Terminate.guard(await liveOf(given), { ...params, ...more })

const target = async (ec2: FakeEc2, id: string, given: Partial<StepTarget> = {}): Promise<StepTarget> => {
  const live = await ec2Terminate.read(scopeOf(ec2), [arnOf(id)], params)
  const before = live.get(arnOf(id))?.image ?? {}
  return {
    itemId: `item-${id}`,
    id: arnOf(id),
    before,
    after: { ...before, state: 'terminated' },
    results: {},
    polls: 0,
    ...given,
  }
}
const step = <Kind extends Step['kind']>(name: string, kind: Kind) => stepOf(ec2Terminate, kind, name)
const kinds = (outcomes: readonly ({ kind: string } | null)[] | undefined) => outcomes?.map((one) => one?.kind ?? null)
const actions = (ec2: FakeEc2) => ec2.effects.map(({ action, ids }) => [action, ...ids])

test('an image is made and a day is waited unless told otherwise', () => {
  assert.deepEqual(params, { finalImage: true, delayHours: 24 })
  assert.equal(ec2Terminate.delaySeconds?.(params), 86_400)
  assert.equal(ec2Terminate.params.safeParse({ delayHours: -1 }).success, false)
  assert.equal(ec2Terminate.risk, 'R4')
})

test('each guard says why', async () => {
  assert.equal(await guardOf({}), null)
  assert.equal(await guardOf({ state: 'stopped' }), null)
  assert.match((await guardOf({ state: 'pending' })) ?? '', /^is pending/)
  assert.equal(await guardOf({ state: 'terminated' }), 'is terminated')
  assert.match((await guardOf({ tags: { 'orchestrator:protected': '1' } })) ?? '', /protected by the tag/)
  assert.match((await guardOf({ tags: { 'aws:autoscaling:groupName': 'web' } })) ?? '', /Auto Scaling group "web"/)
  assert.match((await guardOf({ tags: { 'eks:cluster-name': 'blue' } })) ?? '', /EKS cluster "blue"/)
  assert.match((await guardOf({ tags: { 'aws:cloudformation:stack-name': 'net' } })) ?? '', /stack "net"/)
  assert.match((await guardOf({ rootDeviceType: 'instance-store' })) ?? '', /no final image can be made/)
  assert.equal(await guardOf({ rootDeviceType: 'instance-store' }, { finalImage: false }), null)
  const kept = await liveOf({}, (ec2) => ec2.terminationProtected.add('i-1'))
  assert.match(ec2Terminate.guard(kept, params) ?? '', /disableApiTermination/)
})

test('which volumes go and which stay is approved with it, and said', async () => {
  const live = await liveOf({ ...withVolumes, publicIp: '3.4.5.6' })
  assert.deepEqual([live.image['deletedVolumes'], live.image['keptVolumes']], [['vol-1'], ['vol-2']])
  const warnings = (ec2Terminate.warn?.(live, params, {}) ?? []).join('\n')
  assert.match(warnings, /takes its volumes with it: vol-1/)
  assert.match(warnings, /leaves volumes behind that are still paid for: vol-2/)
  assert.match(warnings, /Elastic IP 3\.4\.5\.6/)
  assert.match(warnings, /can't be brought back: from its final image another instance/)
  assert.match((ec2Terminate.warn?.(live, { ...params, finalImage: false }, {}) ?? []).join(), /has no final image/)
})

test('what is no longer paid: t3.micro 0.0104 USD an hour and 100 GiB gp3 at 0.08, less two volumes of snapshots at 0.05', async () => {
  const live = await liveOf(withVolumes, (ec2) => {
    for (const id of ['vol-1', 'vol-2']) ec2.volumes.set(id, volume(id))
  })
  const delta = ec2Terminate.monthlyCostDeltaUsd(live, live.image, { ...live.image, state: 'terminated' })
  assert.ok(Math.abs(delta - 1.2 * (-0.0104 * 730 - 100 * 0.08 + 200 * 0.05)) < 0.02, String(delta))
})

test('one call for each Availability Zone, and nothing for what changed or was protected since', async () => {
  const zones = { 'i-1': 'a', 'i-2': 'b', 'i-3': 'a', 'i-4': 'a', 'i-5': 'b' }
  const ec2 = createFakeEc2(
    Object.entries(zones).map(([id, zone]) => instance(id, { availabilityZone: `eu-central-1${zone}` })),
  )
  const targets = await Promise.all(Object.keys(zones).map((id) => target(ec2, id)))
  ec2.terminationProtected.add('i-4')
  ec2.instances.set('i-5', { ...ec2.instances.get('i-5')!, tags: { 'orchestrator:protected': 'yes' } })
  const outcomes = await step('terminate', 'act').run(scopeOf(ec2), targets, params)
  assert.deepEqual(kinds(outcomes), ['done', 'done', 'done', 'failed', 'drifted'])
  assert.deepEqual(actions(ec2), [
    ['TerminateInstances', 'i-1', 'i-3'],
    ['TerminateInstances', 'i-2'],
  ])
})

test('after an unknown outcome those that are going or gone are done, the others are not', async () => {
  const ec2 = createFakeEc2([
    instance('i-1', { state: 'shutting-down' }),
    instance('i-2', { state: 'terminated' }),
    instance('i-3'),
  ])
  const targets = await Promise.all(['i-1', 'i-2', 'i-3', 'i-9'].map((id) => target(ec2, id)))
  const read = await step('terminate', 'act').reread?.(scopeOf(ec2), targets, params)
  assert.deepEqual(kinds(read), ['done', 'done', null, 'done'])
})

test('the final image is looked for by its tag before it is made again, and none is made where none is wanted', async () => {
  const ec2 = createFakeEc2([instance('i-1'), instance('i-2')])
  const one = await target(ec2, 'i-1')
  const image = step('image', 'act')
  const reread = async (polls: number) => {
    const [outcome] = (await image.reread?.(scopeOf(ec2), [{ ...one, polls }], params)) ?? []
    return outcome?.kind === 'failed' ? outcome.retry : (outcome?.kind ?? null)
  }
  assert.deepEqual([await reread(2), await reread(3)], ['unknown', null])
  assert.deepEqual(kinds(await image.run(scopeOf(ec2), [one], params)), ['done'])
  assert.equal(await reread(0), 'done')
  // AWS takes 3 to 128 characters of a few kinds, and no name twice.
  assert.match(String(ec2.effects[0]?.args), /^[\w()[\] ./\-'@]{3,128}$/)
  await image.run(scopeOf(ec2), [await target(ec2, 'i-2')], { ...params, finalImage: false })
  assert.deepEqual(actions(ec2), [['CreateImage', 'i-1']])
})

test('without its image an instance is not terminated', async () => {
  const ec2 = createFakeEc2([instance('i-1')])
  ec2.images.set('ami-1', { id: 'ami-1', name: '', state: 'pending', stateMessage: null, snapshotIds: [], tags: {} })
  ec2.images.set('ami-2', { id: 'ami-2', name: '', state: 'failed', stateMessage: 'no key', snapshotIds: [], tags: {} })
  const of = (imageId: string, polls = 0) => target(ec2, 'i-1', { results: { image: { imageId } }, polls })
  const targets = [await of('ami-1'), await of('ami-2'), await of('ami-3'), await of('ami-3', 5)]
  const wait = step('available', 'wait')
  assert.equal(wait.timeoutSeconds, 24 * 3600)
  const outcomes = await wait.run(scopeOf(ec2), targets, params)
  assert.deepEqual(kinds(outcomes), ['pending', 'failed', 'pending', 'failed'])
  assert.match(
    outcomes[1]?.kind === 'failed' ? outcomes[1].message : '',
    /failed: no key; the instance was not terminated/,
  )
})

test('the image of an instance that stays is deleted with its snapshots; of one that is going it is all that is left', async () => {
  const ec2 = createFakeEc2([
    instance('i-1'),
    instance('i-2', { state: 'shutting-down' }),
    instance('i-3', { state: 'terminated' }),
  ])
  const targets = await Promise.all(['i-1', 'i-2', 'i-3', 'i-9'].map((id) => target(ec2, id)))
  for (const { itemId } of targets) {
    const id = `ami-${itemId}`
    const tags = { 'orchestrator:step': itemId }
    ec2.images.set(id, { id, name: id, state: 'available', stateMessage: null, snapshotIds: [`snap-${itemId}`], tags })
  }
  assert.deepEqual(kinds(await step('image', 'act').compensate?.(scopeOf(ec2), targets, params)), [
    'done',
    'done',
    'done',
    'done',
  ])
  assert.deepEqual([...ec2.images.keys()], ['ami-item-i-2', 'ami-item-i-3', 'ami-item-i-9'])
  assert.deepEqual(actions(ec2), [
    ['DeregisterImage', 'ami-item-i-1'],
    ['DeleteSnapshot', 'snap-item-i-1'],
  ])
})

test('the mark is set with one call, read back, and taken away again', async () => {
  const ec2 = createFakeEc2([instance('i-1'), instance('i-2')])
  const mark = step('mark', 'act')
  const targets = [await target(ec2, 'i-1'), await target(ec2, 'i-2')]
  assert.deepEqual(kinds(await mark.reread?.(scopeOf(ec2), targets, params)), [null, null])
  await mark.run(scopeOf(ec2), targets, params)
  assert.deepEqual(kinds(await mark.reread?.(scopeOf(ec2), targets, params)), ['done', 'done'])
  assert.deepEqual(actions(ec2), [['CreateTags', 'i-1', 'i-2']])
  await mark.compensate?.(scopeOf(ec2), targets, params)
  assert.deepEqual(ec2.instances.get('i-1')?.tags, {})
  ec2.refuse = (_action, ids) => {
    if (ids.includes('i-1')) throw refusal('InvalidInstanceID.NotFound', ['i-1'])
  }
  assert.deepEqual(kinds(await mark.compensate?.(scopeOf(ec2), targets, params)), ['done', 'done'])
})

test('the end is seen as long as AWS shows it, and after', async () => {
  const ec2 = createFakeEc2([instance('i-1', { state: 'shutting-down' }), instance('i-2', { state: 'terminated' })])
  const targets = await Promise.all(['i-1', 'i-2', 'i-9'].map((id) => target(ec2, id)))
  const outcomes = await step('terminated', 'wait').run(scopeOf(ec2), targets, params)
  assert.deepEqual(kinds(outcomes), ['pending', 'done', 'done'])
})
