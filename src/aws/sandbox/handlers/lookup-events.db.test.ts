import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../../test/support/database.ts'
import type { CloudTrail } from '../../cloudtrail.ts'
import { AwsFailure } from '../../failure.ts'
import { openSandboxAws } from '../../testing/sandbox-aws.ts'

const call = { priority: 'interactive' } as const

let database: Awaited<ReturnType<typeof freshDatabase>>
let sandbox: Awaited<ReturnType<typeof openSandboxAws>>
let trail: CloudTrail

before(async () => {
  database = await freshDatabase()
  sandbox = await openSandboxAws(database.db, { speed: 1000 })
  trail = await sandbox.aws.cloudtrail(sandbox.account, sandbox.plain[0]?.region ?? '')
})
after(async () => {
  await sandbox.close()
  await database.drop()
})

const period = () => ({ from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 1_000) })

test('CloudTrail tells which calls changed a resource and who made them, the newest first', async () => {
  const [one, other] = sandbox.plain
  assert.ok(one && other)
  assert.deepEqual(await trail.lookupEvents(call, one.id, period()), [])
  await sandbox.ec2.createTags(call, [one.id, other.id], { note: 'a' })
  await sandbox.ec2.deleteTags(call, [one.id], ['note'])
  await sandbox.ec2.describeInstances(call, [one.id])
  const events = await trail.lookupEvents(call, one.id, period())
  assert.deepEqual(
    events.map(({ name }) => name),
    ['DeleteTags', 'CreateTags'],
  )
  const [, created] = await trail.lookupEvents(call, one.id, period())
  assert.equal(created?.actor, `arn:aws:sts::${sandbox.account.id}:assumed-role/aws-orchestrator/aws-orchestrator`)
  assert.deepEqual(await trail.lookupEvents(call, other.id, period()), [events[1]], 'one event of both')
})

test('a refused call is not on the trail, and events outside of the time are not told', async () => {
  const [, , one] = sandbox.plain
  assert.ok(one)
  await assert.rejects(sandbox.ec2.createTags(call, [one.id], { 'aws:x': 'no' }), AwsFailure)
  assert.deepEqual(await trail.lookupEvents(call, one.id, period()), [])
  await sandbox.ec2.createTags(call, [one.id], { ok: '1' })
  const long = new Date(Date.now() - 3_600_000)
  assert.deepEqual(await trail.lookupEvents(call, one.id, { from: new Date(long.getTime() - 1), to: long }), [])
})

test('more than a page is read on to the end', async () => {
  const [, , , one] = sandbox.plain
  assert.ok(one)
  for (let round = 0; round < 60; round++) await sandbox.ec2.createTags(call, [one.id], { round: String(round) })
  const events = await trail.lookupEvents(call, one.id, period())
  assert.equal(events.length, 60)
  assert.equal(new Set(events.map(({ id }) => id)).size, 60)
})

test('a log group is found by its name', async () => {
  const logs = await sandbox.aws.logs(sandbox.account, sandbox.plain[0]?.region ?? '')
  for await (const [group] of logs.listGroups(call)) {
    assert.ok(group)
    await logs.putRetention(call, group.name, group.retentionDays === 7 ? 14 : 7)
    const [event] = await trail.lookupEvents(call, group.name, period())
    assert.equal(event?.name, 'PutRetentionPolicy')
    break
  }
})
