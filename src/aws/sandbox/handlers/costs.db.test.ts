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

test('services without costs by resource answer with nothing, and more than 14 days are refused', async () => {
  assert.deepEqual(await costsOf('AWS Lambda'), [])
  await assert.rejects(
    explorer.costsOf(call, 'EC2 - Other', { today: '2026-01-31', mostRequests: 1, onRequest: () => {} }),
    (error) => error instanceof AwsFailure && error.code === 'ValidationException',
  )
})
