import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { DescribeLogGroupsResponse, LogGroup } from '@aws-sdk/client-cloudwatch-logs'
import { ask, createFakeClock, place, temporarySandbox } from '../../testing/host.ts'

// Rules as AWS documents them:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 6000 })
const host = sandbox.open()
after(async () => {
  await host.close()
  sandbox.remove()
})

const tell = <Output extends object>(action: string, input: object): Promise<Output> => {
  clock.advance(60) // buckets fill up again
  return ask(host)<Output>(action, input, 'logs')
}
const describe = (input: object) => tell<DescribeLogGroupsResponse>('DescribeLogGroups', input)
const all = async (input: object = {}): Promise<LogGroup[]> => {
  const groups: LogGroup[] = []
  let nextToken: string | undefined
  do {
    const page = await describe({ ...input, ...(nextToken === undefined ? {} : { nextToken }) })
    groups.push(...(page.logGroups ?? []))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return groups
}
const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => (assert.equal(error.name, code), true))
const retentionOf = async (name: string | undefined): Promise<number | undefined> =>
  (await describe({ logGroupIdentifiers: [name] })).logGroups?.[0]?.retentionInDays

test('every fleet has a log group; they are listed by name, 50 a page', async () => {
  const groups = await all()
  const names = groups.map(({ logGroupName }) => logGroupName)
  assert.deepEqual(names, [...new Set(names)].sort())
  assert.ok(groups.length > 125, `${groups.length}`)
  assert.equal((await describe({})).logGroups?.length, 50)
  for (const { arn, logGroupArn, logGroupName } of groups) {
    assert.equal(logGroupArn, `arn:aws:logs:${place.region}:${place.account}:log-group:${logGroupName}`)
    assert.equal(arn, `${logGroupArn}:*`)
  }
  const retentions = new Set(groups.map(({ retentionInDays }) => retentionInDays))
  assert.ok(retentions.has(undefined) && retentions.size > 2)
  assert.ok(groups.some(({ logGroupClass }) => logGroupClass === 'DELIVERY'))
})

test('groups are found by name, by ARN, by prefix and by pattern', async () => {
  const [first, second] = await all()
  const found = await all({ logGroupIdentifiers: [second?.logGroupArn, first?.logGroupName, '/never'] })
  assert.deepEqual(
    found.map(({ logGroupName }) => logGroupName),
    [first?.logGroupName, second?.logGroupName],
  )
  for (const group of await all({ logGroupNamePrefix: '/dev/' })) assert.match(group.logGroupName ?? '', /^\/dev\//)
  for (const group of await all({ logGroupNamePattern: '/web' })) assert.match(group.logGroupName ?? '', /\/web/)
  await refused(describe({ logGroupNamePrefix: 'a', logGroupNamePattern: 'b' }), 'InvalidParameterException')
  await refused(describe({ limit: 51 }), 'InvalidParameterException')
  await refused(describe({ logGroupIdentifiers: Array.from({ length: 51 }, String) }), 'InvalidParameterException')
})

test('retention is set, kept over a restart of nothing else, and removed', async () => {
  const group = (await all()).find(({ logGroupClass }) => logGroupClass === 'STANDARD')
  const logGroupName = group?.logGroupName
  await tell('PutRetentionPolicy', { logGroupName, retentionInDays: 545 })
  assert.equal(await retentionOf(logGroupName), 545)
  await tell('PutRetentionPolicy', { logGroupName, retentionInDays: 545 })
  await tell('DeleteRetentionPolicy', { logGroupName })
  assert.equal(await retentionOf(logGroupName), undefined)
  await tell('DeleteRetentionPolicy', { logGroupName })
  const effects = await host.control.effects([group?.logGroupArn ?? ''])
  assert.deepEqual(
    effects.map(({ action, accepted, changed }) => [action, accepted, changed]),
    [
      ['DeleteRetentionPolicy', 2, 1],
      ['PutRetentionPolicy', 2, 1],
    ],
  )
})

test("only AWS's days, only groups that are there, and none of a delivery", async () => {
  const groups = await all()
  const logGroupName = groups.find(({ logGroupClass }) => logGroupClass === 'STANDARD')?.logGroupName
  for (const retentionInDays of [0, 2, 31, 366, 3650])
    await refused(tell('PutRetentionPolicy', { logGroupName, retentionInDays }), 'InvalidParameterException')
  const unknown = { logGroupName: '/never', retentionInDays: 7 }
  await refused(tell('PutRetentionPolicy', unknown), 'ResourceNotFoundException')
  await refused(tell('DeleteRetentionPolicy', unknown), 'ResourceNotFoundException')
  const delivery = groups.find(({ logGroupClass }) => logGroupClass === 'DELIVERY')?.logGroupName
  await refused(tell('PutRetentionPolicy', { logGroupName: delivery, retentionInDays: 7 }), 'InvalidParameterException')
})

test('five changes a second, refused as this service says it', async () => {
  const [group] = await all()
  clock.advance(60)
  const input = { logGroupName: group?.logGroupName, retentionInDays: 7 }
  const calls = Array.from({ length: 7 }, () => ask(host)('PutRetentionPolicy', input, 'logs'))
  const results = await Promise.allSettled(calls)
  const refusals = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).name] : []))
  assert.deepEqual(refusals, ['ThrottlingException', 'ThrottlingException'])
})
