import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { planHash } from './hash.ts'
import type { Rollout } from './rollout.ts'

const target = (id: string, state = 'running') => ({
  id,
  before: { state, isProtected: false },
  after: { state: 'stopped', isProtected: false },
})
const base = {
  operation: 'ec2.stop',
  version: 1,
  params: { force: false, hibernate: false },
  targets: [target('arn:a'), target('arn:b')],
}

test('the hash is the SHA-256 of the RFC 8785 text, in hex', () => {
  // printf '%s' '{"errorBudget":null,"operation":"ec2.stop","params":{"force":false},"targets":[{"after":{"state":"stopped"},
  // "before":{"state":"running"},"id":"arn:a"}],"version":1,"waves":"none"}' (one line) | sha256sum
  const hash = planHash({
    operation: 'ec2.stop',
    version: 1,
    params: { force: false },
    targets: [{ id: 'arn:a', before: { state: 'running' }, after: { state: 'stopped' } }],
  })
  assert.equal(hash, 'cb05c9ea9409eddac0435bd1e363dcce4531b712e26909019cfeb6ab2e00cd63')
})

test('the order of targets, keys and parameters does not matter', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }), (ids) => {
      const targets = ids.map((id) => ({
        after: { isProtected: false, state: 'stopped' },
        id,
        before: { isProtected: false, state: 'running' },
      }))
      assert.equal(
        planHash({ ...base, params: { hibernate: false, force: false }, targets }),
        planHash({ ...base, targets: ['a', 'b', 'c', 'd'].map((id) => target(id)) }),
      )
    }),
  )
})

const rollout = (more: Partial<Rollout>): Rollout => ({
  sizes: [2],
  soakSeconds: 0,
  errorBudget: null,
  onBudget: 'stop',
  ...more,
})

test('a plan without waves and without a budget hashes as it did before there were any', () => {
  assert.equal(planHash({ ...base, rollout: rollout({}) }), planHash(base))
})

test('waves and budget are in the text that is hashed, and with waves the one that a target is in', () => {
  // printf '%s' '{"errorBudget":{"limit":0.05,"onBudget":"stop"},"operation":"ec2.stop","params":{},"targets":[{"after":{},
  // "before":{},"id":"arn:a","wave":1},{"after":{},"before":{},"id":"arn:b","wave":0}],"version":1,"waves":{"sizes":[1,1],
  // "soakSeconds":60}}' (one line) | sha256sum
  const targets = ['arn:b', 'arn:a'].map((id) => ({ id, before: {}, after: {} }))
  const waved = rollout({ sizes: [1, 1], soakSeconds: 60, errorBudget: 0.05 })
  assert.equal(
    planHash({ operation: 'ec2.stop', version: 1, params: {}, targets, rollout: waved }),
    '83ad3cca159af5ac2bce51b3927a3b8e3483ddf2d3705e66081e63c243e8e74a',
  )
})

test('everything that an approval stands for changes it', () => {
  const changed = [
    { ...base, operation: 'ec2.start' },
    { ...base, version: 2 },
    { ...base, params: { force: true, hibernate: false } },
    { ...base, targets: [target('arn:a')] },
    { ...base, targets: [target('arn:a'), target('arn:c')] },
    { ...base, targets: [target('arn:a'), target('arn:b', 'stopping')] },
    { ...base, targets: [target('arn:a'), { ...target('arn:b'), before: { state: 'running', isProtected: true } }] },
    { ...base, undoOf: '01939e2a-0000-7000-8000-000000000000' },
    { ...base, retryOf: '01939e2a-0000-7000-8000-000000000000' },
    { ...base, rollout: rollout({ sizes: [1, 1] }) },
    { ...base, rollout: rollout({ sizes: [1, 1] }), targets: [target('arn:b'), target('arn:a')] },
    { ...base, rollout: rollout({ sizes: [1, 1], soakSeconds: 60 }) },
    { ...base, rollout: rollout({ errorBudget: 0.05 }) },
    { ...base, rollout: rollout({ errorBudget: 0 }) },
    { ...base, rollout: rollout({ errorBudget: 0, onBudget: 'undo' }) },
  ]
  const hashes = new Set([base, ...changed].map((plan) => planHash(plan)))
  assert.equal(hashes.size, changed.length + 1)
})

test('what is merely shown does not change it: names, prices, warnings', () => {
  const shown = base.targets.map((one) => ({
    ...one,
    name: 'web-1',
    warnings: ['loses its address'],
    monthlyCostDeltaUsd: -7,
  }))
  assert.equal(planHash({ ...base, targets: shown }), planHash(base))
})

test('the alarms that are watched are in the text that is hashed, whatever their order and their state', () => {
  const watching = (...ids: string[]) =>
    planHash({
      ...base,
      rollout: rollout({ watchAlarms: ids.map((id) => ({ id, name: id, ringsSince: id === 'arn:x' ? null : 'now' })) }),
    })
  const rings = rollout({ watchAlarms: [{ id: 'arn:x', name: 'x', ringsSince: '2026-01-01T00:00:00Z' }] })
  assert.equal(watching('arn:x'), planHash({ ...base, rollout: rings }))
  assert.equal(watching('arn:x', 'arn:y'), watching('arn:y', 'arn:x'))
  assert.notEqual(watching('arn:x'), watching('arn:y'))
  assert.notEqual(watching('arn:x'), planHash(base))
})
