import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../../test/support/database.ts'
import type { CostExplorer } from '../../costexplorer.ts'
import { AwsFailure } from '../../failure.ts'
import { monthlyUsdOfInstance } from '../../prices.ts'
import { openSandboxAws } from '../../testing/sandbox-aws.ts'

const call = { priority: 'interactive' } as const
const today = new Date().toISOString().slice(0, 10)

let database: Awaited<ReturnType<typeof freshDatabase>>
let sandbox: Awaited<ReturnType<typeof openSandboxAws>>
let explorer: CostExplorer
let requests = 0

before(async () => {
  database = await freshDatabase()
  sandbox = await openSandboxAws(database.db, { speed: 1000, size: 5000 })
  explorer = await sandbox.aws.costExplorer(sandbox.account)
})
after(async () => {
  await sandbox.close()
  await database.drop()
})

const costsOf = (service: string) =>
  explorer.costsOf(call, service, { today, mostRequests: 50, onRequest: () => void requests++ })

test('instances cost their list price or somewhat less, in all Regions of the account and over all pages', async () => {
  const costs = new Map((await costsOf('Amazon Elastic Compute Cloud - Compute')).map((one) => [one.resource, one]))
  assert.ok(requests > 1, 'more than a page')
  assert.ok(sandbox.plain.length > 100)
  let discounted = 0
  for (const { id, instanceType, region } of sandbox.plain) {
    const { usd, days } = costs.get(id) ?? assert.fail(`${id} has no cost`)
    // A month has 365 / 12 days, and each is charged alike.
    const [measured, price] = [(usd / days) * (365 / 12), monthlyUsdOfInstance(instanceType, region, 'running') ?? 0]
    assert.ok(measured > price * 0.7 && measured < price * 1.0001, `${id}: ${measured} of ${price}`)
    if (measured < price * 0.99) discounted++
  }
  assert.ok(discounted > 0 && discounted < sandbox.plain.length)
  for await (const page of (await sandbox.aws.ec2(sandbox.account, 'eu-west-1')).listInstances(call, {
    states: ['stopped'],
  }))
    for (const { id } of page) assert.equal(costs.get(id), undefined, 'what never ran costs nothing')
})

test('what a service cost on a day is what its resources cost on it', async () => {
  const service = 'AWS Lambda'
  const asking = { today, mostRequests: 50, onRequest: () => {} }
  const days = await explorer.dailyCosts(call, { ...asking, days: 14 })
  const byResource = await explorer.resourceDays(call, service, asking)
  const lambda = days.filter((one) => one.service === service)
  assert.equal(lambda.length, 14)
  for (const { day, usd } of lambda) {
    const sum = byResource.reduce((all, one) => all + (one.usd.get(day) ?? 0), 0)
    assert.ok(usd > 0 && Math.abs(usd - sum) < 1e-6, `${day}: ${usd} and ${sum}`)
  }
  assert.ok(new Set(days.map((one) => one.service)).size >= 5)
  const quarter = await explorer.dailyCosts(call, { ...asking, days: 90 })
  assert.equal(new Set(quarter.map(({ day }) => day)).size, 90)
  await assert.rejects(
    explorer.dailyCosts(call, { ...asking, days: 500 }),
    (error) => error instanceof AwsFailure && /beyond 14 months/.test(error.message),
  )
})

test('services without costs by resource answer with nothing, and more than 14 days are refused', async () => {
  assert.deepEqual(await costsOf('Amazon Simple Storage Service'), [])
  await assert.rejects(
    explorer.costsOf(call, 'EC2 - Other', { today: '2026-01-31', mostRequests: 1, onRequest: () => {} }),
    (error) => error instanceof AwsFailure && error.code === 'ValidationException',
  )
})
