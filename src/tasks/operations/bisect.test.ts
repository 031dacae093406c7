import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { refusal } from '../../../test/support/fake-ec2.ts'
import type { StepTarget } from '../operation.ts'
import { bisect } from './bisect.ts'

const targetsOf = (count: number): StepTarget[] =>
  Array.from({ length: count }, (_, index) => ({
    itemId: `item-${index}`,
    id: `i-${index}`,
    before: {},
    after: {},
    results: {},
  }))
const idOf = ({ id }: StepTarget): string => id
const kinds = (outcomes: readonly { kind: string }[]): string[] => outcomes.map(({ kind }) => kind)

test('a batch that AWS accepts is one call', async () => {
  let calls = 0
  const outcomes = await bisect(targetsOf(50), idOf, async (part) => {
    calls++
    return part.map(() => ({ kind: 'done' }))
  })
  assert.equal(calls, 1)
  assert.equal(outcomes.length, 50)
})

test('culprits that AWS names are left out and the rest goes in one more call', async () => {
  const calls: number[] = []
  const outcomes = await bisect(targetsOf(50), idOf, async (part) => {
    calls.push(part.length)
    const wrong = part.filter(({ id }) => id === 'i-7' || id === 'i-9').map(idOf)
    if (wrong.length > 0) throw refusal('OperationNotPermitted', wrong)
    return part.map(() => ({ kind: 'done' }))
  })
  assert.deepEqual(calls, [50, 48])
  assert.deepEqual(kinds(outcomes).filter((kind) => kind === 'failed').length, 2)
  assert.equal(outcomes[7]?.kind, 'failed')
  assert.equal(outcomes[9]?.kind, 'failed')
})

test('whichever targets are refused without a name, exactly they fail and each other one is acted on once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(59)), async (count, refused) => {
      const wrong = new Set(refused.map((index) => `i-${index}`))
      const acted: string[] = []
      const outcomes = await bisect(targetsOf(count), idOf, async (part) => {
        if (part.some(({ id }) => wrong.has(id))) throw refusal('UnauthorizedOperation')
        acted.push(...part.map(idOf))
        return part.map(() => ({ kind: 'done' }))
      })
      outcomes.forEach((outcome, index) => assert.equal(outcome.kind, wrong.has(`i-${index}`) ? 'failed' : 'done'))
      assert.equal(new Set(acted).size, acted.length)
    }),
    { numRuns: 60 },
  )
})

test('an unknown outcome is never followed by another call for the same targets', async () => {
  let calls = 0
  const outcomes = await bisect(targetsOf(50), idOf, async () => {
    calls++
    throw refusal('TimeoutError', [], 'unknown')
  })
  assert.equal(calls, 1)
  assert.ok(outcomes.every((outcome) => outcome.kind === 'failed' && outcome.retry === 'unknown'))
})

test('a refusal of the caller is not narrowed down: no smaller batch would pass', async () => {
  let calls = 0
  const outcomes = await bisect(targetsOf(50), idOf, async () => {
    calls++
    throw refusal('AuthFailure')
  })
  assert.equal(calls, 1)
  assert.ok(outcomes.every((outcome) => outcome.kind === 'failed' && outcome.retry === 'never'))
})

test('without capacity for all, as many are started as there is capacity for', async () => {
  let free = 13
  const outcomes = await bisect(targetsOf(50), idOf, async (part) => {
    if (part.length > free) throw refusal('InsufficientInstanceCapacity', [], 'transient')
    free -= part.length
    return part.map(() => ({ kind: 'done' }))
  })
  assert.equal(kinds(outcomes).filter((kind) => kind === 'done').length, 13)
  assert.ok(outcomes.every((outcome) => outcome.kind !== 'failed' || outcome.retry === 'never'))
})

test('what is no failure of AWS is thrown on', async () => {
  await assert.rejects(
    bisect(targetsOf(2), idOf, () => Promise.reject(new Error('the lease is too old'))),
    /lease/,
  )
})
