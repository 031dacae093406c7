import { test } from 'node:test'
import assert from 'node:assert/strict'
import { arnOf, createFakeEc2, instance, refusal } from '../../../test/support/fake-ec2.ts'
import { scopeOf, stepOf, targetOf } from '../../../test/support/operation-parts.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Operation, StepTarget } from '../operation.ts'
import { ec2Tag } from './ec2-tag.ts'
import { ec2Untag } from './ec2-untag.ts'

const target = (id: string, before: Image, after: Image): StepTarget => targetOf(id, { before, after })
const act = (operation: Operation) => stepOf(operation, 'act')
const liveOf = async (operation: Operation, tags: Record<string, string>, params: unknown): Promise<LiveTarget> => {
  const live = await operation.read(scopeOf(createFakeEc2([instance('i-1', { tags })])), [arnOf('i-1')], params)
  const found = live.get(arnOf('i-1'))
  assert.ok(found)
  return found
}

test("AWS's limits on tags: keys of 1-128 characters, values to 256, no aws: in any case, 50 at most", () => {
  const accepts = (tags: unknown): boolean => ec2Tag.params.safeParse({ tags }).success
  assert.ok(accepts({ ['k'.repeat(128)]: 'v'.repeat(256), empty: '' }))
  for (const tags of [
    {},
    { '': 'x' },
    { ['k'.repeat(129)]: 'x' },
    { k: 'v'.repeat(257) },
    { 'aws:x': '1' },
    { 'AWS:x': '1' },
    { k: 1 },
  ]) {
    assert.equal(accepts(tags), false, JSON.stringify(tags).slice(0, 40))
  }
  assert.equal(accepts(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, '']))), false)
  assert.equal(accepts({ 'orchestrator:step': 'x' }), false)
  assert.ok(accepts({ 'orchestrator:protected': 'true' }))
  assert.equal(ec2Tag.params.safeParse({ tags: { a: 'b' }, more: 1 }).success, false)
})

test('the order and repetition of keys to remove is no difference', () => {
  assert.deepEqual(ec2Untag.params.parse({ keys: ['b', 'a', 'b'] }), { keys: ['a', 'b'] })
})

test('the image holds only the touched keys, absent ones as null', async () => {
  const params = { tags: { env: 'dev', owner: 'me' } }
  assert.deepEqual((await liveOf(ec2Tag, { env: 'test', cost: '7' }, params)).image, {
    tags: { env: 'test', owner: null },
  })
  assert.deepEqual((await liveOf(ec2Untag, { env: 'test' }, { keys: ['env', 'toString'] })).image, {
    tags: { env: 'test', toString: null },
  })
})

test('the fifty-first tag is refused; those of AWS do not count', async () => {
  const tags = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`k${i}`, 'v']))
  const params = { tags: { a: '1', b: '2' } }
  assert.equal(ec2Tag.guard(await liveOf(ec2Tag, tags, params), params), 'would have 51 tags; AWS allows 50')
  const replacing = { tags: { a: '1', k0: '2' } }
  assert.equal(
    ec2Tag.guard(await liveOf(ec2Tag, { ...tags, 'aws:autoscaling:groupName': 'x' }, replacing), replacing),
    null,
  )
})

test('targets that change alike share a call, and targets with the right value already are left out of it', async () => {
  const ec2 = createFakeEc2(['i-1', 'i-2', 'i-3'].map((id) => instance(id)))
  const after = { tags: { env: 'dev', team: 'a' } }
  const outcomes = await act(ec2Tag).run(
    scopeOf(ec2),
    [
      target('i-1', { tags: { env: null, team: null } }, after),
      target('i-2', { tags: { env: 'test', team: null } }, after),
      target('i-3', { tags: { env: 'dev', team: null } }, after),
    ],
    { tags: after.tags },
  )
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['done', 'done', 'done'],
  )
  assert.deepEqual(ec2.effects, [
    { action: 'CreateTags', ids: ['i-1', 'i-2'], args: { env: 'dev', team: 'a' } },
    { action: 'CreateTags', ids: ['i-3'], args: { team: 'a' } },
  ])
})

test('the same steps with the images swapped restore each target exactly', async () => {
  const before = { 'i-1': { env: 'prod', old: 'x' }, 'i-2': {} as Record<string, string> }
  const ec2 = createFakeEc2(Object.entries(before).map(([id, tags]) => instance(id, { tags })))
  const images = {
    from: { 'i-1': { tags: { env: 'prod', team: null } }, 'i-2': { tags: { env: null, team: null } } },
    to: { tags: { env: 'dev', team: 'a' } },
  }
  const there = (['i-1', 'i-2'] as const).map((id) => target(id, images.from[id], images.to))
  await act(ec2Tag).run(scopeOf(ec2), there, {})
  assert.deepEqual(ec2.instances.get('i-1')?.tags, { env: 'dev', old: 'x', team: 'a' })
  const back = there.map((one) => ({ ...one, before: one.after, after: one.before }))
  await act(ec2Tag).run(scopeOf(ec2), back, {})
  for (const [id, tags] of Object.entries(before)) assert.deepEqual(ec2.instances.get(id)?.tags, tags)
})

test('compensation restores as well, and one refused target does not hold back the others', async () => {
  const ec2 = createFakeEc2(['i-1', 'i-2', 'i-3'].map((id) => instance(id, { tags: { env: 'dev' } })))
  ec2.refuse = (_action, ids) => {
    if (ids.includes('i-2')) throw refusal('UnauthorizedOperation')
  }
  const targets = ['i-1', 'i-2', 'i-3'].map((id) => target(id, { tags: { env: 'test' } }, { tags: { env: 'dev' } }))
  const outcomes = await act(ec2Tag).compensate?.(scopeOf(ec2), targets, {})
  assert.deepEqual(
    outcomes?.map(({ kind }) => kind),
    ['done', 'failed', 'done'],
  )
  assert.equal(ec2.instances.get('i-3')?.tags['env'], 'test')
})

test('tags that were set before the removal of others was refused are taken back', async () => {
  const ec2 = createFakeEc2(['i-1', 'i-2'].map((id) => instance(id, { tags: { env: 'dev', old: 'x' } })))
  ec2.refuse = (action, ids) => {
    if (action === 'DeleteTags' && ids.includes('i-1')) throw refusal('UnauthorizedOperation')
  }
  const images = [{ tags: { env: 'dev', old: 'x' } }, { tags: { env: 'test', old: null } }] as const
  const outcomes = await act(ec2Tag).run(
    scopeOf(ec2),
    ['i-1', 'i-2'].map((id) => target(id, ...images)),
    {},
  )
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'failed' ? [outcome.retry, outcome.hasActed] : outcome.kind)),
    [['never', true], 'done'],
  )
  ec2.refuse = (action) => {
    if (action === 'CreateTags') throw refusal('UnauthorizedOperation')
  }
  const [untouched] = await act(ec2Tag).run(scopeOf(ec2), [target('i-1', ...images)], {})
  assert.equal(untouched?.kind === 'failed' && untouched.hasActed, undefined)
})

test('after an unknown outcome the tags themselves tell who has the change', async () => {
  const ec2 = createFakeEc2([instance('i-1', { tags: { env: 'dev' } }), instance('i-2', { tags: { env: 'test' } })])
  const targets = ['i-1', 'i-2', 'i-9'].map((id) => target(id, { tags: { env: 'test' } }, { tags: { env: 'dev' } }))
  const read = await act(ec2Tag).reread?.(scopeOf(ec2), targets, {})
  assert.deepEqual(
    read?.map((outcome) => outcome?.kind ?? null),
    ['done', null, 'failed'],
  )
})

test('a tag change that lifts a safeguard is security-relevant', async () => {
  const risk = async (tags: Record<string, string>, set: Record<string, string>) => {
    const live = await liveOf(ec2Tag, tags, { tags: set })
    return ec2Tag.riskOf?.(live, { tags: set }, { tags: set })
  }
  assert.equal(await risk({ env: 'prod' }, { env: 'dev' }), 'R3')
  assert.equal(await risk({ 'orchestrator:protected': '1' }, { 'orchestrator:protected': 'false' }), 'R3')
  assert.equal(await risk({ env: 'dev' }, { env: 'prod' }), null)
  assert.equal(await risk({ env: 'prod' }, { owner: 'me' }), null)
  const live = await liveOf(ec2Untag, { env: 'live' }, { keys: ['env'] })
  assert.equal(ec2Untag.riskOf?.(live, { tags: { env: null } }, { keys: ['env'] }), 'R3')
})
