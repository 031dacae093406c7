import { test } from 'node:test'
import assert from 'node:assert/strict'
import {
  arnOf,
  createFakeAws,
  createFakeEc2,
  instance,
  instanceType,
  refusal,
  sandboxAccount,
} from '../../../test/support/fake-ec2.ts'
import type { FakeEc2 } from '../../../test/support/fake-ec2.ts'
import { stepOf, targetOf } from '../../../test/support/operation-parts.ts'
import type { FiringAlarm } from '#aws/cloudwatch.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { LiveTarget, Scope, Step, StepTarget } from '../operation.ts'
import { ec2Resize } from './ec2-resize.ts'

const params = ec2Resize.params.parse({ type: 'm5.xlarge' })

const scopeOf = (ec2: FakeEc2, alarms: FiringAlarm[] = []): Scope => ({
  aws: createFakeAws(ec2, [sandboxAccount], 1, { firingAlarms: async () => alarms }),
  account: sandboxAccount,
  region: 'eu-central-1',
  call: { priority: 'bulk' },
})
/** AWS's own facts: m5 is on Nitro, t2 on Xen, m7g has Arm processors. */
const fake = (instances: readonly Ec2Instance[]): FakeEc2 => {
  const ec2 = createFakeEc2(instances)
  for (const type of [
    instanceType('m5.xlarge', { maxNetworkInterfaces: 4 }),
    instanceType('t3.micro', { maxNetworkInterfaces: 2 }),
    instanceType('t2.micro', { hypervisor: 'xen', isEnaRequired: false, isNvmeRequired: false }),
    instanceType('m7g.large', { architectures: ['arm64'] }),
    instanceType('m7i.large', { zones: ['eu-central-1b'] }),
    instanceType('c7i.large', { maxVolumes: 2, sharesAttachments: false }),
  ]) {
    ec2.types.set(type.name, type)
  }
  return ec2
}
const liveOf = async (given: Partial<Ec2Instance>, type = 'm5.xlarge'): Promise<LiveTarget> => {
  const arn = arnOf('i-1')
  const live = await ec2Resize.read(scopeOf(fake([instance('i-1', given)])), [arn], { ...params, type })
  const found = live.get(arn)
  assert.ok(found)
  return found
}
const guardOf = async (given: Partial<Ec2Instance>, type = 'm5.xlarge'): Promise<string | null> =>
  ec2Resize.guard(await liveOf(given, type), { ...params, type })

const target = (id: string, given: Partial<StepTarget> = {}): StepTarget =>
  targetOf(id, {
    before: { state: 'running', instanceType: 't3.micro' },
    after: { state: 'running', instanceType: 'm5.xlarge' },
    waitedSeconds: 0,
    ...given,
  })
const wasStopped = { before: { state: 'stopped', instanceType: 't3.micro' } }
const step = <Kind extends Step['kind']>(name: string, kind: Kind) => stepOf(ec2Resize, kind, name)
const kinds = (outcomes: readonly ({ kind: string } | null)[] | undefined) => outcomes?.map((one) => one?.kind ?? null)

test('what is no instance type is refused before anything is read', () => {
  for (const type of ['', 'm5', 'M5.large', 'm5.large; drop', '../m5.large', `m5.${'x'.repeat(80)}`]) {
    assert.equal(ec2Resize.params.safeParse({ type }).success, false, type)
  }
  for (const type of ['u-6tb1.metal', 'm7i-flex.large', 'mac2-m2.metal']) {
    assert.ok(ec2Resize.params.safeParse({ type }).success, type)
  }
  assert.equal(ec2Resize.params.safeParse({ type: 'm5.large', soakMinutes: 241 }).success, false)
})

test('running and stopped instances fit; each guard says why others do not', async () => {
  assert.equal(await guardOf({}), null)
  assert.equal(await guardOf({ state: 'stopped' }), null)
  assert.match((await guardOf({ state: 'stopping' })) ?? '', /^is stopping/)
  assert.equal(await guardOf({ state: 'terminated' }), 'is terminated')
  assert.match((await guardOf({ lifecycle: 'spot' })) ?? '', /Spot/)
  assert.match((await guardOf({ rootDeviceType: 'instance-store' })) ?? '', /instance store/)
  assert.match((await guardOf({ raw: { Placement: { Tenancy: 'host' } } })) ?? '', /Dedicated Host/)
  assert.match((await guardOf({ raw: { HibernationOptions: { Configured: true } } })) ?? '', /hibernation/)
  assert.match((await guardOf({ tags: { 'orchestrator:protected': '1' } })) ?? '', /protected/)
  assert.match((await guardOf({ tags: { 'aws:autoscaling:groupName': 'web' } })) ?? '', /Auto Scaling group/)
})

test('a type that does not fit the instance is a guard, as far as AWS tells', async () => {
  assert.match((await guardOf({}, 'm9z.huge')) ?? '', /no such type/)
  assert.match((await guardOf({}, 'm7i.large')) ?? '', /eu-central-1a doesn't have/)
  assert.equal(await guardOf({ availabilityZone: 'eu-central-1b' }, 'm7i.large'), null)
  assert.match((await guardOf({}, 'm7g.large')) ?? '', /it is x86_64, the type is arm64/)
  assert.match((await guardOf({ raw: { VirtualizationType: 'paravirtual' } })) ?? '', /paravirtual/)
  assert.match((await guardOf({ raw: { EnaSupport: false } })) ?? '', /ENA/)
  assert.equal(await guardOf({ raw: { EnaSupport: false } }, 't2.micro'), null)
  const interfaces = (count: number) => ({ raw: { NetworkInterfaces: Array.from({ length: count }, () => ({})) } })
  assert.match((await guardOf(interfaces(5))) ?? '', /5 network interfaces, the type takes 4/)
  const volumeIds = ['vol-1', 'vol-2', 'vol-3']
  assert.match((await guardOf({ volumeIds }, 'c7i.large')) ?? '', /3 volumes/)
  assert.equal(await guardOf({ volumeIds: ['vol-1', 'vol-2'], ...interfaces(1) }, 'c7i.large'), null)
})

test('an undo is not held back by what AWS says of the type that was asked for', async () => {
  const live = await liveOf({ instanceType: 'm7i.large', availabilityZone: 'eu-central-1c' }, 'm7i.large')
  const asked = { ...params, type: 'm7i.large' }
  assert.match(ec2Resize.guard(live, asked) ?? '', /doesn't have that type/)
  assert.equal(ec2Resize.guard(live, asked, { ...live.image, instanceType: 't3.micro' }), null)
})

test('what is lost or may go wrong is a warning', async () => {
  const warningsOf = async (given: Partial<Ec2Instance>, type?: string) =>
    (ec2Resize.warn?.(await liveOf(given, type), params, {}) ?? []).join('\n')
  assert.match(await warningsOf({}), /stopped for some minutes/)
  assert.equal(await warningsOf({ state: 'stopped' }), '')
  assert.match(await warningsOf({ hasInstanceStore: true }), /instance store/)
  assert.match(await warningsOf({ publicIp: '3.4.5.6', isPublicIpAutoAssigned: true }), /3\.4\.5\.6/)
  assert.match(await warningsOf({ instanceType: 't2.micro' }), /from Xen to Nitro/)
  assert.match(await warningsOf({ raw: { Placement: { GroupName: 'tight' } } }), /placement group "tight"/)
})

test('the cost is that of the types while it runs: m5.xlarge 0.192, t3.micro 0.0104 USD an hour, 730 hours, 1.2 in Frankfurt', async () => {
  const live = await liveOf({})
  const delta = ec2Resize.monthlyCostDeltaUsd(live, live.image, { ...live.image, instanceType: 'm5.xlarge' })
  assert.ok(Math.abs(delta - (0.192 - 0.0104) * 730 * 1.2) < 0.02, String(delta))
  const stopped = await liveOf({ state: 'stopped' })
  assert.equal(
    ec2Resize.monthlyCostDeltaUsd(stopped, stopped.image, { ...stopped.image, instanceType: 'm5.xlarge' }),
    0,
  )
})

test('a stopped instance is only changed', async () => {
  const ec2 = fake([instance('i-1', { state: 'stopped' })])
  const one = target('i-1', wasStopped)
  for (const { kind, name } of ec2Resize.steps) {
    if (name === 'verify' || name === 'check') continue
    const found = kind === 'act' ? step(name, 'act') : step(name, 'wait')
    assert.deepEqual(kinds(await found.run(scopeOf(ec2), [one], params)), ['done'], name)
  }
  assert.deepEqual(
    ec2.effects.map(({ action, args }) => [action, args]),
    [['ModifyInstanceAttribute', 'm5.xlarge']],
  )
})

test('after an unknown outcome the type itself tells who has it', async () => {
  const ec2 = fake([
    instance('i-1', { instanceType: 'm5.xlarge', state: 'stopped' }),
    instance('i-2', { state: 'stopped' }),
  ])
  const read = await step('modify', 'act').reread?.(scopeOf(ec2), [target('i-1'), target('i-2'), target('i-3')], params)
  assert.deepEqual(kinds(read), ['done', null, null])
})

test('one refused type does not hold back the others', async () => {
  const ec2 = fake(['i-1', 'i-2', 'i-3'].map((id) => instance(id, { state: 'stopped' })))
  ec2.refuse = (_action, ids) => {
    if (ids.includes('i-2')) throw refusal('InvalidParameterValue')
  }
  const targets = ['i-1', 'i-2', 'i-3'].map((id) => target(id))
  assert.deepEqual(kinds(await step('modify', 'act').run(scopeOf(ec2), targets, params)), ['done', 'failed', 'done'])
})

test('taking back: stopped first, then the old type, then started again, each for as long as it takes', async () => {
  const ec2 = fake([instance('i-1', { instanceType: 'm5.xlarge', state: 'pending' })])
  const one = target('i-1', { results: { start: { previous: 'stopped', current: 'pending' } } })
  const down = () => step('start', 'act').compensate?.(scopeOf(ec2), [one], params)
  assert.deepEqual(kinds(await down()), ['pending'])
  assert.deepEqual(ec2.effects, [], 'a pending instance can not be stopped yet')
  ec2.instances.set('i-1', { ...ec2.instances.get('i-1')!, state: 'running' })
  assert.deepEqual(kinds(await down()), ['pending'])
  assert.deepEqual(kinds(await down()), ['done'])
  const back = () => step('modify', 'act').compensate?.(scopeOf(ec2), [one], params)
  assert.deepEqual(kinds(await back()), ['done'])
  assert.deepEqual(kinds(await back()), ['done'])
  const up = () => step('stop', 'act').compensate?.(scopeOf(ec2), [one], params)
  ec2.refuse = (action) => {
    if (action === 'StartInstances') throw refusal('InsufficientInstanceCapacity')
  }
  assert.deepEqual(kinds(await up()), ['pending'], 'capacity comes and goes')
  ec2.refuse = () => {}
  assert.deepEqual(kinds(await up()), ['pending'])
  assert.deepEqual(kinds(await up()), ['done'])
  assert.deepEqual(
    ec2.effects.map(({ action }) => action),
    ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances'],
  )
  assert.equal(ec2.instances.get('i-1')?.instanceType, 't3.micro')
})

test('taking back ends with the truth when it takes too long, and leaves alone what had been stopped', async () => {
  const ec2 = fake([instance('i-1', { state: 'stopping' }), instance('i-2', { state: 'stopped' })])
  const targets = [target('i-1', { waitedSeconds: 1801 }), target('i-2', wasStopped)]
  const outcomes = await step('stop', 'act').compensate?.(scopeOf(ec2), targets, params)
  assert.deepEqual(kinds(outcomes), ['failed', 'done'])
  assert.deepEqual(ec2.effects, [])
})

test('the soak: an alarm that rang before does not count, a new one fails it at once, one of the downtime at the end', async () => {
  const launchedAt = '2026-11-27T12:00:00.000Z'
  const ec2 = fake(['i-1', 'i-2', 'i-3', 'i-4'].map((id) => instance(id, { launchedAt })))
  const alarms: FiringAlarm[] = [
    { name: 'old', instanceIds: ['i-1'], since: '2026-11-27T12:00:05.000Z' },
    { name: 'fresh', instanceIds: ['i-2'], since: '2026-11-27T12:05:00.000Z' },
    { name: 'downtime', instanceIds: ['i-3'], since: '2026-11-27T11:59:00.000Z' },
  ]
  const soak = (waitedSeconds: number) =>
    step('soak', 'wait').run(
      scopeOf(ec2, alarms),
      ['i-1', 'i-2', 'i-3', 'i-4'].map((id) =>
        target(id, { waitedSeconds, results: { check: { ringing: id === 'i-1' ? ['old'] : [] } } }),
      ),
      params,
    )
  const early = await soak(300)
  assert.deepEqual(kinds(early), ['pending', 'failed', 'pending', 'pending'])
  assert.equal(early[1]?.kind === 'failed' && early[1].code, 'alarm_rang')
  assert.equal(early[3]?.kind === 'pending' && early[3].againInSeconds, 60)
  // 10 minutes.
  assert.deepEqual(kinds(await soak(601)), ['done', 'failed', 'failed', 'done'])
})

test('the check notes which alarms ring, and no alarm is asked for without a soak', async () => {
  const ec2 = fake([instance('i-1')])
  const live = await ec2Resize.read(scopeOf(ec2), [arnOf('i-1')], params)
  const one = target('i-1', { before: live.get(arnOf('i-1'))?.image ?? {} })
  const check = step('check', 'check')
  const alarms = [{ name: 'old', instanceIds: ['i-1'], since: null }]
  assert.deepEqual(await check.run(scopeOf(ec2, alarms), [one], params), [
    { kind: 'done', result: { ringing: ['old'] } },
  ])
  const noAlarms = { ...scopeOf(ec2), aws: createFakeAws(ec2) }
  assert.deepEqual(kinds(await check.run(noAlarms, [one], { ...params, soakMinutes: 0 })), ['done'])
})
