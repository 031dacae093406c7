import { test } from 'node:test'
import assert from 'node:assert/strict'
import { arnOf, createFakeEc2, instance, refusal, volume } from '../../../test/support/fake-ec2.ts'
import type { FakeEc2 } from '../../../test/support/fake-ec2.ts'
import { scopeOf, stepOf, targetOf } from '../../../test/support/operation-parts.ts'
import type { Image } from '#contracts/task.ts'
import type { Operation, Step, StepTarget } from '../operation.ts'
import { ec2SnapshotDelete } from './ec2-snapshot-delete.ts'
import { ec2Snapshot } from './ec2-snapshot.ts'

const params = ec2Snapshot.params.parse({})
const target = (id: string, given: Partial<StepTarget> = {}): StepTarget =>
  targetOf(id, { itemId: `item-${id}`, before: { snapshots: { 'vol-1': null, 'vol-2': null } }, after: {}, ...given })
const step = <Kind extends Step['kind']>(name: string, kind: Kind, operation: Operation = ec2Snapshot) =>
  stepOf(operation, kind, name)
const kinds = (outcomes: readonly ({ kind: string } | null)[] | undefined) => outcomes?.map((one) => one?.kind ?? null)
const withVolumes = (id = 'i-1') => instance(id, { volumeIds: ['vol-1', 'vol-2'] })

const readOne = async (ec2: FakeEc2) => {
  const live = (await ec2Snapshot.read(scopeOf(ec2), [arnOf('i-1')], params)).get(arnOf('i-1'))
  assert.ok(live)
  return live
}

test('each volume is in the image, and an instance without any is left out', async () => {
  const live = await readOne(createFakeEc2([withVolumes()]))
  assert.deepEqual(live.image, { snapshots: { 'vol-1': null, 'vol-2': null } })
  assert.equal(ec2Snapshot.guard(live, params), null)
  assert.deepEqual(ec2Snapshot.desired(live.image, params, live), {
    snapshots: { 'vol-1': 'a new snapshot', 'vol-2': 'a new snapshot' },
  })
  const bare = await readOne(createFakeEc2([instance('i-1')]))
  assert.match(ec2Snapshot.guard(bare, params) ?? '', /no EBS volumes/)
  const gone = await readOne(createFakeEc2([instance('i-1', { state: 'terminated', volumeIds: ['vol-1'] })]))
  assert.equal(ec2Snapshot.guard(gone, params), 'is terminated')
})

test('the cost is at most that of all blocks: 0.05 USD a GiB and month, 1.2 times that in Frankfurt', async () => {
  const ec2 = createFakeEc2([withVolumes()])
  for (const [id, sizeGib] of [
    ['vol-1', 20],
    ['vol-2', 80],
  ] as const) {
    ec2.volumes.set(id, volume(id, { sizeGib }))
  }
  const live = await readOne(ec2)
  assert.equal(ec2Snapshot.monthlyCostDeltaUsd(live, live.image, live.image), 6)
})

test('what is made carries the id of its item, and one refused instance does not hold back the others', async () => {
  const ec2 = createFakeEc2(['i-1', 'i-2', 'i-3'].map((id) => withVolumes(id)))
  ec2.refuse = (_action, ids) => {
    if (ids.includes('i-2')) throw refusal('IncorrectInstanceState')
  }
  const outcomes = await step('snapshot', 'act').run(
    scopeOf(ec2),
    ['i-1', 'i-2', 'i-3'].map((id) => target(id)),
    params,
  )
  assert.deepEqual(kinds(outcomes), ['done', 'failed', 'done'])
  assert.deepEqual(
    [...ec2.snapshots.values()].map(({ volumeId, tags }) => [volumeId, tags['orchestrator:step']]),
    [
      ['vol-1', 'item-i-1'],
      ['vol-2', 'item-i-1'],
      ['vol-1', 'item-i-3'],
      ['vol-2', 'item-i-3'],
    ],
  )
})

test('after a lost answer its tag is looked for, several times before it is made again', async () => {
  const ec2 = createFakeEc2([withVolumes()])
  const reread = async (polls: number) => {
    const [outcome] = (await step('snapshot', 'act').reread?.(scopeOf(ec2), [target('i-1', { polls })], params)) ?? []
    return outcome === undefined ? undefined : outcome?.kind === 'failed' ? outcome.retry : (outcome?.kind ?? null)
  }
  assert.deepEqual(
    [await reread(0), await reread(1), await reread(2), await reread(3)],
    ['unknown', 'unknown', 'unknown', null],
  )
  await ec2.createSnapshots(
    { priority: 'bulk' },
    {
      instanceId: 'i-1',
      description: '',
      tags: { 'orchestrator:step': 'item-i-1' },
    },
  )
  assert.equal(await reread(0), 'done')
  const [first] = ec2.snapshots.keys()
  ec2.snapshots.delete(first ?? '')
  assert.equal(await reread(0), 'unknown', 'one volume is still missing')
  assert.equal(await reread(3), 'done', 'what is there was made by that call')
})

test('the wait goes on while AWS copies, and ends with a snapshot that failed or is gone', async () => {
  const ec2 = createFakeEc2([])
  const wait = step('completed', 'wait')
  // A first snapshot of 16 TiB may take that long.
  assert.equal(wait.timeoutSeconds, 24 * 3600)
  const snapshot = { volumeId: 'vol-1', stateMessage: null, sizeGib: 1, startedAt: null, tags: {} }
  ec2.snapshots.set('snap-1', { id: 'snap-1', state: 'pending', ...snapshot })
  ec2.snapshots.set('snap-2', { id: 'snap-2', state: 'completed', ...snapshot })
  ec2.snapshots.set('snap-3', { id: 'snap-3', state: 'error', ...snapshot, stateMessage: 'key is disabled' })
  const of = (...ids: string[]) => ({
    results: { snapshot: { snapshots: Object.fromEntries(ids.map((id, index) => [`vol-${index}`, id])) } },
  })
  const outcomes = await wait.run(
    scopeOf(ec2),
    [
      target('i-1', { ...of('snap-1', 'snap-2'), polls: 20 }),
      target('i-2', of('snap-2')),
      target('i-3', of('snap-2', 'snap-3')),
      target('i-4', { ...of('snap-9'), polls: 1 }),
      target('i-5', { ...of('snap-9'), polls: 5 }),
    ],
    params,
  )
  assert.deepEqual(kinds(outcomes), ['pending', 'done', 'failed', 'pending', 'failed'])
  assert.deepEqual(outcomes[0], { kind: 'pending', why: '1 of 2 snapshots are completed', againInSeconds: 60 })
  assert.match(outcomes[2]?.kind === 'failed' ? outcomes[2].message : '', /snap-3 failed: key is disabled/)
})

test('taking back deletes what this item made, also what only its tag knows, and nothing else', async () => {
  const ec2 = createFakeEc2([withVolumes()])
  const make = (item: string) =>
    ec2.createSnapshots(
      { priority: 'bulk' },
      { instanceId: 'i-1', description: '', tags: { 'orchestrator:step': item } },
    )
  await make('item-i-1')
  await make('item-other')
  const outcomes = await step('snapshot', 'act').compensate?.(scopeOf(ec2), [target('i-1')], params)
  assert.deepEqual(kinds(outcomes), ['done'])
  assert.deepEqual(
    [...ec2.snapshots.values()].map(({ tags }) => tags['orchestrator:step']),
    ['item-other', 'item-other'],
  )
})

const deletion = ec2SnapshotDelete.params.parse({})
const readForDelete = async (ec2: FakeEc2, snapshotIds: string[], recorded?: Image) => {
  const live = await ec2SnapshotDelete.read(
    scopeOf(ec2),
    [arnOf('i-1')],
    { snapshotIds },
    recorded && new Map([[arnOf('i-1'), recorded]]),
  )
  const found = live.get(arnOf('i-1'))
  assert.ok(found)
  return found
}
const snapshotOf = (id: string, hoursOld: number, tags: Record<string, string> = { 'orchestrator:step': 'x' }) => ({
  id,
  volumeId: 'vol-1',
  state: 'completed',
  stateMessage: null,
  sizeGib: 100,
  startedAt: new Date(Date.now() - hoursOld * 3_600_000).toISOString(),
  tags,
})

test('an undo deletes exactly the recorded ones; young ones need no approval, old ones may be a backup by now', async () => {
  const ec2 = createFakeEc2([withVolumes()])
  ec2.snapshots.set('snap-1', snapshotOf('snap-1', 1))
  ec2.snapshots.set('snap-2', snapshotOf('snap-2', 30))
  const young = await readForDelete(ec2, [], { snapshots: { 'vol-1': 'snap-1' } })
  assert.deepEqual(young.image, { snapshots: { 'vol-1': 'snap-1' } })
  assert.equal(ec2SnapshotDelete.guard(young, deletion), null)
  assert.equal(ec2SnapshotDelete.riskOf?.(young, {}, deletion), null)
  const old = await readForDelete(ec2, [], { snapshots: { 'vol-1': 'snap-1 snap-2' } })
  assert.equal(ec2SnapshotDelete.riskOf?.(old, {}, deletion), 'R3')
  const gone = await readForDelete(ec2, [], { snapshots: { 'vol-1': 'snap-9' } })
  assert.match(ec2SnapshotDelete.guard(gone, deletion) ?? '', /none of its snapshots left/)
})

test('by their ids only snapshots of its volumes that we made are deleted, with the approval of another', async () => {
  const ec2 = createFakeEc2([withVolumes()])
  ec2.snapshots.set('snap-1', snapshotOf('snap-1', 1))
  ec2.snapshots.set('snap-2', snapshotOf('snap-2', 1, { Name: 'golden' }))
  ec2.snapshots.set('snap-3', { ...snapshotOf('snap-3', 1), volumeId: 'vol-9' })
  const named = await readForDelete(ec2, ['snap-1', 'snap-2', 'snap-3'])
  assert.deepEqual(named.image, { snapshots: { 'vol-1': 'snap-1' } })
  assert.equal(ec2SnapshotDelete.riskOf?.(named, {}, deletion), 'R3')
  const foreign = await readForDelete(ec2, ['snap-2', 'snap-3'])
  assert.match(ec2SnapshotDelete.guard(foreign, { snapshotIds: ['snap-2'] }) ?? '', /did not make them/)
  assert.match(ec2SnapshotDelete.guard(await readForDelete(ec2, []), deletion) ?? '', /give their ids/)
})

test('deleting reads back who is gone already', async () => {
  const ec2 = createFakeEc2([withVolumes()])
  ec2.snapshots.set('snap-1', snapshotOf('snap-1', 1))
  const targets = [
    target('i-1', { before: { snapshots: { 'vol-1': 'snap-1' } } }),
    target('i-2', { before: { snapshots: { 'vol-1': 'snap-2' } } }),
  ]
  const act = step('delete', 'act', ec2SnapshotDelete)
  assert.deepEqual(kinds(await act.reread?.(scopeOf(ec2), targets, deletion)), [null, 'done'])
  assert.deepEqual(kinds(await act.run(scopeOf(ec2), targets, deletion)), ['done', 'done'])
  assert.equal(ec2.snapshots.size, 0)
})
