import { test } from 'node:test'
import assert from 'node:assert/strict'
import { arnOf, createFakeEc2, instance, refusal, sandboxAccount } from '../../../test/support/fake-ec2.ts'
import { scopeOf, stepOf, targetOf } from '../../../test/support/operation-parts.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { Step, StepTarget } from '../operation.ts'
import { ec2Stop } from './ec2-stop.ts'

const defaults = ec2Stop.params.parse({})

const guardOf = async (given: Partial<Ec2Instance>, params = defaults): Promise<string | null> => {
  const arn = arnOf('i-1')
  const live = await ec2Stop.read(scopeOf(createFakeEc2([instance('i-1', given)])), [arn], params)
  const target = live.get(arn)
  assert.ok(target)
  return ec2Stop.guard(target, params)
}
const warningsOf = async (given: Partial<Ec2Instance>): Promise<string[]> => {
  const arn = arnOf('i-1')
  const live = await ec2Stop.read(scopeOf(createFakeEc2([instance('i-1', given)])), [arn], defaults)
  const target = live.get(arn)
  assert.ok(target)
  return ec2Stop.warn?.(target, defaults, target.image) ?? []
}

const target = (id: string, given: Partial<StepTarget> = {}): StepTarget =>
  targetOf(id, { before: { state: 'running' }, after: { state: 'stopped' }, ...given })
const step = <Kind extends Step['kind']>(kind: Kind) => stepOf(ec2Stop, kind)

test('a plain running instance may be stopped', async () => {
  assert.equal(await guardOf({}), null)
})

test('each guard says why', async () => {
  assert.equal(await guardOf({ state: 'stopped' }), 'is already stopped')
  assert.match((await guardOf({ state: 'stopping' })) ?? '', /^is stopping/)
  assert.match((await guardOf({ state: 'pending' })) ?? '', /^is pending/)
  assert.equal(await guardOf({ state: 'terminated' }), 'is terminated')
  assert.match((await guardOf({ rootDeviceType: 'instance-store' })) ?? '', /instance store as its root/)
  assert.match((await guardOf({ tags: { 'orchestrator:protected': 'yes' } })) ?? '', /protected by the tag/)
  assert.equal(await guardOf({ tags: { 'orchestrator:protected': 'false' } }), null)
  assert.match((await guardOf({ tags: { 'aws:autoscaling:groupName': 'web' } })) ?? '', /Auto Scaling group "web"/)
  assert.match((await guardOf({ tags: { 'kubernetes.io/cluster/blue': 'owned' } })) ?? '', /Kubernetes cluster "blue"/)
  assert.match((await guardOf({ tags: { 'elasticbeanstalk:environment-name': 'shop' } })) ?? '', /Beanstalk/)
})

test('hibernation needs an instance that was launched for it, and no Spot Instance', async () => {
  const hibernate = { ...defaults, hibernate: true }
  const enabled = { raw: { HibernationOptions: { Configured: true } } }
  assert.equal(await guardOf({}, hibernate), 'is not enabled for hibernation')
  assert.equal(await guardOf(enabled, hibernate), null)
  assert.equal(await guardOf({ ...enabled, lifecycle: 'spot' }, hibernate), 'is not enabled for hibernation')
})

test('what a stop loses is a warning, not a guard', async () => {
  assert.deepEqual(await warningsOf({}), [])
  assert.match((await warningsOf({ hasInstanceStore: true })).join(), /instance store/)
  assert.match((await warningsOf({ publicIp: '3.4.5.6', isPublicIpAutoAssigned: true })).join(), /3\.4\.5\.6/)
  assert.deepEqual(await warningsOf({ publicIp: '3.4.5.6' }), [])
  assert.match((await warningsOf({ tags: { 'aws:cloudformation:stack-name': 'net' } })).join(), /stack "net"/)
  assert.match((await warningsOf({ lifecycle: 'spot' })).join(), /Spot/)
})

test('the image holds what is changed or guarded, the production mark of the account included', async () => {
  const arn = arnOf('i-1')
  const production = { ...sandboxAccount, isProduction: true }
  const live = await ec2Stop.read(scopeOf(createFakeEc2([instance('i-1')]), production), [arn, arnOf('i-2')], defaults)
  assert.deepEqual([...live.keys()], [arn])
  assert.deepEqual(live.get(arn)?.image, {
    state: 'running',
    isProduction: true,
    isProtected: false,
    managedBy: null,
    rootDeviceType: 'ebs',
  })
})

test('stop protection is found by the refusal: the protected one fails, the others are stopped', async () => {
  const ec2 = createFakeEc2(['i-1', 'i-2', 'i-3'].map((id) => instance(id)))
  ec2.refuse = (_action, ids) => {
    if (ids.includes('i-2')) throw refusal('OperationNotPermitted', ['i-2'])
  }
  const outcomes = await step('act').run(
    scopeOf(ec2),
    ['i-1', 'i-2', 'i-3'].map((id) => target(id)),
    { ...defaults, force: true },
  )
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['done', 'failed', 'done'],
  )
  assert.deepEqual(ec2.effects, [
    { action: 'StopInstances', ids: ['i-1', 'i-3'], args: { hibernate: false, force: true, skipOsShutdown: false } },
  ])
  assert.deepEqual(outcomes[0], { kind: 'done', result: { previous: 'running', current: 'stopped' } })
})

test('after an unknown outcome only those that are still running are to be stopped again', async () => {
  const ec2 = createFakeEc2([
    instance('i-1', { state: 'stopping' }),
    instance('i-2', { state: 'stopped' }),
    instance('i-3'),
    instance('i-4', { state: 'terminated' }),
  ])
  const read = await step('act').reread?.(
    scopeOf(ec2),
    ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'].map((id) => target(id)),
    defaults,
  )
  assert.deepEqual(
    read?.map((outcome) => outcome?.kind ?? null),
    ['done', 'done', null, 'failed', 'failed'],
  )
  assert.deepEqual(ec2.effects, [])
})

test('the wait asks again while AWS is stopping, for 30 minutes, which is more than the waiter of the SDK', async () => {
  const ec2 = createFakeEc2([
    instance('i-1', { state: 'stopping' }),
    instance('i-2', { state: 'stopped' }),
    instance('i-3', { state: 'terminated' }),
  ])
  const wait = step('wait')
  assert.equal(wait.timeoutSeconds, 1800)
  const outcomes = await wait.run(scopeOf(ec2), [target('i-1', { polls: 3 }), target('i-2'), target('i-3')], defaults)
  assert.deepEqual(outcomes[0], { kind: 'pending', why: 'is stopping', againInSeconds: 8 })
  assert.deepEqual(
    outcomes.slice(1).map(({ kind }) => kind),
    ['done', 'failed'],
  )
})

test('compensation starts what this run stopped, leaves alone what others stopped, and says what is still stopping', async () => {
  const ec2 = createFakeEc2([
    instance('i-1', { state: 'stopped' }),
    instance('i-2', { state: 'stopped' }),
    instance('i-3', { state: 'stopping' }),
  ])
  const ours = { stop: { previous: 'running', current: 'stopping' } }
  const outcomes = await step('act').compensate?.(
    scopeOf(ec2),
    [
      target('i-1', { results: ours }),
      target('i-2', { results: { stop: { previous: 'stopped', current: 'stopped' } } }),
      target('i-3', { results: ours }),
    ],
    defaults,
  )
  assert.deepEqual(
    outcomes?.map(({ kind }) => kind),
    ['done', 'done', 'failed'],
  )
  assert.deepEqual(
    ec2.effects.map(({ action, ids }) => ({ action, ids })),
    [{ action: 'StartInstances', ids: ['i-1'] }],
  )
})
