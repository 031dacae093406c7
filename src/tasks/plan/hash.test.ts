import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { planHash } from './hash.ts'

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
