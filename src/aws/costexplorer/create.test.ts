import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CostExplorerClient, GetCostAndUsageWithResourcesCommandInput } from '@aws-sdk/client-cost-explorer'
import * as sdk from '@aws-sdk/client-cost-explorer'
import { AwsFailure } from '../failure.ts'
import { createCostExplorer, costExplorerRegion } from './create.ts'

const account = '111122223333'
const call = { priority: 'sweep' } as const
const service = 'Amazon Elastic Compute Cloud - Compute'

type Page = { days: Record<string, [resource: string, amount: string, unit?: string][]>; next?: string }

/** Cost Explorer that answers with these pages, and what it was asked. */
const explorer = (pages: Page[]) => {
  const asked: GetCostAndUsageWithResourcesCommandInput[] = []
  const client = {
    send: async ({ input }: { input: GetCostAndUsageWithResourcesCommandInput }) => {
      const page = pages[asked.length]
      asked.push(input)
      return {
        ResultsByTime: Object.entries(page?.days ?? {}).map(([Start, groups]) => ({
          TimePeriod: { Start, End: Start },
          Groups: groups.map(([resource, Amount, Unit = 'USD']) => ({
            Keys: [resource],
            Metrics: { AmortizedCost: { Amount, Unit } },
          })),
        })),
        NextPageToken: page?.next,
      }
    },
  }
  const costs = createCostExplorer({
    sdk,
    // Only `send` is used of it.
    client: client as unknown as CostExplorerClient,
    send: (_request, _command, dispatch) => dispatch({}),
    account,
  })
  let requests = 0
  const asking = { today: '2026-11-27', mostRequests: 10, onRequest: () => void requests++ }
  const daily = () => costs.dailyCosts(call, { ...asking, days: 90 })
  const ask = (mostRequests = 10) =>
    costs.costsOf(call, service, { today: '2026-11-27', mostRequests, onRequest: () => void requests++ })
  return { ask, daily, asked, requests: () => requests }
}

test('asks for the last 14 days by resource, of one service and of the account itself', async () => {
  const { ask, asked } = explorer([{ days: {} }])
  assert.deepEqual(await ask(), [])
  assert.deepEqual(asked, [
    {
      TimePeriod: { Start: '2026-11-13', End: '2026-11-27' },
      Granularity: 'DAILY',
      Metrics: ['AmortizedCost'],
      GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
      Filter: {
        And: [
          { Dimensions: { Key: 'SERVICE', Values: [service] } },
          { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [account] } },
        ],
      },
    },
  ])
})

test('adds up days and pages, and counts from the first day that cost anything', async () => {
  const { ask, asked, requests } = explorer([
    {
      days: {
        '2026-11-13': [['i-old', '1.5']],
        '2026-11-26': [
          ['i-old', '0.25'],
          ['NoResourceId', '99'],
        ],
      },
      next: 'two',
    },
    { days: { '2026-11-13': [['i-new', '0']], '2026-11-25': [['i-new', '2']], '2026-11-26': [['i-new', '1']] } },
  ])
  assert.deepEqual(await ask(), [
    { resource: 'i-old', usd: 1.75, days: 14 },
    { resource: 'i-new', usd: 3, days: 2 },
  ])
  assert.deepEqual(
    asked.map(({ NextPageToken }) => NextPageToken),
    [undefined, 'two'],
  )
  assert.equal(requests(), 2)
})

test('asks no more often than it may, and takes dollars only', async () => {
  const endless = explorer([
    { days: {}, next: 'a' },
    { days: {}, next: 'b' },
    { days: {}, next: 'c' },
  ])
  await assert.rejects(
    endless.ask(2),
    (error) => error instanceof AwsFailure && error.code === 'TooManyPages' && /more than 2 pages/.test(error.message),
  )
  assert.equal(endless.asked.length, 2)
  const chinese = explorer([{ days: { '2026-11-20': [['i-1', '7', 'CNY']] } }])
  await assert.rejects(chinese.ask(), (error) => error instanceof AwsFailure && error.code === 'OtherCurrency')
})

test('costs by day are asked for by service, of the account itself, over all pages', async () => {
  const { daily, asked, requests } = explorer([
    {
      days: {
        '2026-11-25': [
          ['AWS Lambda', '1.5'],
          ['Tax', '0'],
        ],
      },
      next: 'two',
    },
    { days: { '2026-11-26': [['AWS Lambda', '2.25']] } },
  ])
  assert.deepEqual(await daily(), [
    { day: '2026-11-25', service: 'AWS Lambda', usd: 1.5 },
    { day: '2026-11-26', service: 'AWS Lambda', usd: 2.25 },
  ])
  assert.equal(requests(), 2)
  assert.deepEqual(asked[0], {
    TimePeriod: { Start: '2026-08-29', End: '2026-11-27' },
    Granularity: 'DAILY',
    Metrics: ['AmortizedCost'],
    GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
    Filter: { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [account] } },
  })
  assert.equal(asked[1]?.NextPageToken, 'two')
})

test('has one endpoint in each partition', () => {
  assert.deepEqual(['aws', 'aws-cn'].map(costExplorerRegion), ['us-east-1', 'cn-northwest-1'])
})
