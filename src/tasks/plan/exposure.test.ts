import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exposure } from './exposure.ts'
import { withExposure } from './exposure.ts'
import type { Selected } from './select.ts'

const selected = (id: string, isProduction = true, risk: Selected['risk'] = 'R2'): Selected => ({
  live: { id, name: id, tags: {}, image: {}, facts: {} },
  account: { id: '1', name: 'a', cloud: 'sandbox', regions: [], credentials: { kind: 'sandbox' }, isProduction },
  region: 'eu-west-1',
  after: {},
  risk,
  attributes: { id, account: '1', region: 'eu-west-1', cloud: 'sandbox', tags: {}, isProduction },
})
const behind = (healthy: string[], alarms: string[] = []): Exposure => ({
  targetGroups: [{ id: 'tg', name: 'web', loadBalancers: ['shop'], healthy }],
  alarms,
})
const judge = (ids: string[], healthy: string[], isProduction = true, risk: Selected['risk'] = 'R2') =>
  withExposure(
    ids.map((id) => selected(id, isProduction, risk)),
    new Map([...new Set([...ids, ...healthy])].map((id) => [id, behind(healthy)])),
  )

test('a plan that leaves a healthy target says how many it takes, at the same risk', () => {
  const plan = judge(['a', 'b'], ['a', 'b', 'c'])
  assert.deepEqual(
    plan.map(({ risk }) => risk),
    ['R2', 'R2'],
  )
  assert.deepEqual(plan[0]?.warnings, [
    'is behind the load balancer "shop" ("web"): 2 of 3 healthy targets are in this plan',
  ])
})

test('a plan that takes the last healthy targets of production needs another person', () => {
  const plan = judge(['a', 'b'], ['a', 'b'])
  assert.deepEqual(
    plan.map(({ risk }) => risk),
    ['R3', 'R3'],
  )
  assert.match(plan[0]?.warnings?.[0] ?? '', /left without a healthy target: all 2/)
})

test('elsewhere that is only said, and a higher class stays', () => {
  const [development] = judge(['a'], ['a'], false)
  assert.equal(development?.risk, 'R2')
  assert.match(development?.warnings?.[0] ?? '', /left without a healthy target/)
  assert.equal(judge(['a'], ['a'], true, 'R4')[0]?.risk, 'R4')
})

test('one that is not healthy takes nothing away, and neither does a group without healthy targets', () => {
  for (const healthy of [['b'], []]) {
    const [plan] = judge(['a'], healthy)
    assert.equal(plan?.risk, 'R2')
    assert.deepEqual(plan.warnings, [])
  }
})

test('alarms are named, up to three', () => {
  const exposed = withExposure(
    [selected('a')],
    new Map([['a', { targetGroups: [], alarms: ['1', '2', '3', '4', '5'] }]]),
  )
  assert.deepEqual(exposed[0]?.warnings, ['is watched by "1", "2", "3" and 2 more, which may go off'])
})
