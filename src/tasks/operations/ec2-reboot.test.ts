import { test } from 'node:test'
import assert from 'node:assert/strict'
import { arnOf, createFakeEc2, instance, refusal } from '../../../test/support/fake-ec2.ts'
import { scopeOf, targetOf } from '../../../test/support/operation-parts.ts'
import type { StepTarget } from '../operation.ts'
import { ec2Reboot } from './ec2-reboot.ts'

const target = (id: string, given: Partial<StepTarget> = {}): StepTarget =>
  targetOf(id, { before: { state: 'running' }, after: { state: 'running' }, ...given })
const [, act, wait] = ec2Reboot.steps
assert.ok(act?.kind === 'act' && wait?.kind === 'wait')

test('a reboot can neither be read back nor repeated, and has no undo', () => {
  assert.equal(act.effect, 'at-most-once')
  assert.equal(act.reread, undefined)
  assert.equal(act.compensate, undefined)
  assert.equal(ec2Reboot.undo.inverse, null)
})

test('a lost call is made once and reported as unknown', async () => {
  const ec2 = createFakeEc2([instance('i-1'), instance('i-2')])
  let calls = 0
  ec2.refuse = () => {
    calls++
    throw refusal('TimeoutError', [], 'unknown')
  }
  const outcomes = await act.run(scopeOf(ec2), [target('i-1'), target('i-2')], {})
  assert.equal(calls, 1)
  assert.ok(outcomes.every((outcome) => outcome.kind === 'failed' && outcome.retry === 'unknown'))
})

test('a look within 20 s of the call does not count, however many there were: the checks may still pass from before', async () => {
  const ec2 = createFakeEc2([instance('i-1')])
  const look = async (more: Partial<StepTarget>) => (await wait.run(scopeOf(ec2), [target('i-1', more)], {}))[0]
  const first = await look({ polls: 0, waitedSeconds: 0 })
  assert.deepEqual(first, { kind: 'pending', why: 'is rebooting', againInSeconds: 20 })
  // The look before it failed.
  const early = await look({ polls: 1, waitedSeconds: 2 })
  assert.deepEqual(early, { kind: 'pending', why: 'is rebooting', againInSeconds: 18 })
  assert.equal((await look({ polls: 1, waitedSeconds: 20 }))?.kind, 'done')
})

test('an instance whose checks fail is waited for', async () => {
  const ec2 = createFakeEc2([instance('i-1')])
  ec2.statusChecks.set('i-1', { system: 'ok', instance: 'impaired' })
  const [outcome] = await wait.run(scopeOf(ec2), [target('i-1', { polls: 4, waitedSeconds: 60 })], {})
  assert.deepEqual(outcome, { kind: 'pending', why: 'status checks: host ok, guest impaired', againInSeconds: 13 })
})

test('an instance that somebody stops meanwhile fails at once instead of after 30 minutes', async () => {
  const ec2 = createFakeEc2([instance('i-1', { state: 'stopping' })])
  const [outcome] = await wait.run(scopeOf(ec2), [target('i-1', { polls: 1 })], {})
  assert.equal(outcome?.kind === 'failed' && outcome.code, 'not_running')
})

test('only running instances can be rebooted', async () => {
  const ec2 = createFakeEc2([instance('i-1', { state: 'stopped' }), instance('i-2')])
  const live = await ec2Reboot.read(scopeOf(ec2), [arnOf('i-1'), arnOf('i-2')], {})
  assert.deepEqual(
    [...live.values()].map((one) => ec2Reboot.guard(one, {})),
    ['is stopped: only a running instance can be rebooted', null],
  )
})
