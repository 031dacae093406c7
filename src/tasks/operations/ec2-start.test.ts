import { test } from 'node:test'
import assert from 'node:assert/strict'
import { arnOf, createFakeEc2, instance, refusal } from '../../../test/support/fake-ec2.ts'
import { scopeOf, stepOf, targetOf } from '../../../test/support/operation-parts.ts'
import type { Step, StepTarget } from '../operation.ts'
import { ec2Start } from './ec2-start.ts'

const target = (id: string, given: Partial<StepTarget> = {}): StepTarget =>
  targetOf(id, { before: { state: 'stopped' }, after: { state: 'running' }, ...given })
const step = <Kind extends Step['kind']>(kind: Kind) => stepOf(ec2Start, kind)
const ids = Array.from({ length: 50 }, (_, index) => `i-${index}`)

test('only stopped instances can be started', async () => {
  const ec2 = createFakeEc2([
    instance('i-1', { state: 'stopped' }),
    instance('i-2', { state: 'running' }),
    instance('i-3', { state: 'stopping' }),
    instance('i-4', { state: 'stopped', tags: { 'aws:autoscaling:groupName': 'web' } }),
  ])
  const live = await ec2Start.read(
    scopeOf(ec2),
    ['i-1', 'i-2', 'i-3', 'i-4'].map((id) => arnOf(id)),
    { waitFor: 'running' },
  )
  const why = [...live.values()].map((one) => ec2Start.guard(one, { waitFor: 'running' }))
  assert.equal(why[0], null)
  assert.equal(why[1], 'is already running')
  assert.match(why[2] ?? '', /^is stopping/)
  assert.match(why[3] ?? '', /Auto Scaling/)
})

test('when AWS has capacity for some only, they are started and the others fail with its code', async () => {
  const ec2 = createFakeEc2(ids.map((id) => instance(id, { state: 'stopped' })))
  let free = 20
  ec2.refuse = (_action, batch) => {
    if (batch.length > free) throw refusal('InsufficientInstanceCapacity', [], 'transient')
    free -= batch.length
  }
  const outcomes = await step('act').run(
    scopeOf(ec2),
    ids.map((id) => target(id)),
    {},
  )
  assert.equal(outcomes.filter(({ kind }) => kind === 'done').length, 20)
  assert.ok(outcomes.every((outcome) => outcome.kind !== 'failed' || outcome.code === 'InsufficientInstanceCapacity'))
  const started = ec2.effects.flatMap((effect) => effect.ids)
  assert.equal(new Set(started).size, started.length, 'no instance was started twice')
})

test('an instance that falls back to stopped fails with the reason that AWS gives', async () => {
  const ec2 = createFakeEc2([instance('i-1', { state: 'stopped', stateReason: 'Client.VolumeLimitExceeded' })])
  const [early] = await step('wait').run(scopeOf(ec2), [target('i-1', { polls: 0 })], { waitFor: 'running' })
  assert.equal(early?.kind, 'pending', 'the first look may be from before the start')
  const [late] = await step('wait').run(scopeOf(ec2), [target('i-1', { polls: 2 })], { waitFor: 'running' })
  assert.deepEqual(late, {
    kind: 'failed',
    code: 'start_failed',
    message: 'It went back to stopped: Client.VolumeLimitExceeded.',
    retry: 'never',
  })
})

test('waitFor status-ok waits for both checks, running does not', async () => {
  const ec2 = createFakeEc2([instance('i-1')])
  ec2.statusChecks.set('i-1', { system: 'ok', instance: 'initializing' })
  const [running] = await step('wait').run(scopeOf(ec2), [target('i-1')], { waitFor: 'running' })
  assert.equal(running?.kind, 'done')
  const [checking] = await step('wait').run(scopeOf(ec2), [target('i-1')], { waitFor: 'status-ok' })
  assert.deepEqual(checking, { kind: 'pending', why: 'status checks: host ok, guest initializing', againInSeconds: 2 })
  ec2.statusChecks.clear()
  const [ok] = await step('wait').run(scopeOf(ec2), [target('i-1')], { waitFor: 'status-ok' })
  assert.equal(ok?.kind, 'done')
})

test('compensation stops only what this run started', async () => {
  const ec2 = createFakeEc2([instance('i-1'), instance('i-2')])
  const outcomes = await step('act').compensate?.(
    scopeOf(ec2),
    [
      target('i-1', { results: { start: { previous: 'stopped', current: 'pending' } } }),
      target('i-2', { results: { start: { previous: 'running', current: 'running' } } }),
    ],
    {},
  )
  assert.deepEqual(
    outcomes?.map(({ kind }) => kind),
    ['done', 'done'],
  )
  assert.deepEqual(
    ec2.effects.map(({ action, ids: acted }) => ({ action, acted })),
    [{ action: 'StopInstances', acted: ['i-1'] }],
  )
})

test('an effect whose answer was lost and that was asked for again at once is taken back as our own', async () => {
  const ec2 = createFakeEc2([instance('i-1', { state: 'stopped' }), instance('i-2', { state: 'running' })])
  const start = ec2.startInstances
  // As the SDK does it: the second attempt of a call finds what the first one has done.
  let attempts = 2
  ec2.startInstances = async (call, batch) => {
    for (let made = 1; made < attempts; made++) {
      call.beforeAttempt?.()
      await start(call, batch)
    }
    call.beforeAttempt?.()
    return start(call, batch)
  }
  const takeBack = async (id: string): Promise<string | undefined> => {
    const scope = scopeOf(ec2)
    const act = step('act')
    const [outcome] = await act.run(scope, [target(id)], { waitFor: 'running' })
    assert.equal(outcome?.kind, 'done')
    const results = { start: outcome?.kind === 'done' ? outcome.result : undefined }
    await act.compensate?.(scope, [target(id, { results })], { waitFor: 'running' })
    return ec2.instances.get(id)?.state
  }
  assert.equal(await takeBack('i-1'), 'stopped')
  // With one attempt there is no doubt who did it: somebody else, since the check.
  attempts = 1
  assert.equal(await takeBack('i-2'), 'running')
})
