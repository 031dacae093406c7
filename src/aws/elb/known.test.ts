import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsFailure } from '../failure.ts'
import { known } from './known.ts'

const failure = (code: string): AwsFailure =>
  new AwsFailure({ kind: 'permanent', code, message: code, service: 'elb', action: 'DescribeTags' })
const names = Array.from({ length: 20 }, (_, index) => `lb-${index}`)

test('unknown names are found by halves, and the rest is told', async () => {
  let calls = 0
  const ask = async (some: readonly string[]): Promise<string[]> => {
    calls++
    if (some.includes('lb-7')) throw failure('LoadBalancerNotFoundException')
    return [...some]
  }
  assert.deepEqual(
    await known(names, ask),
    names.filter((name) => name !== 'lb-7'),
  )
  // 20, 10 + 10, 5 + 5, 3 + 2, 2 + 1 (or 1 + 1): the halves with the unknown one and their sisters.
  assert.ok(calls <= 11, `${calls} calls`)
  assert.deepEqual(await known(['lb-7'], ask), [])
  assert.deepEqual(await known([], ask), [])
})

test('any other failure is told as it is', async () => {
  for (const code of ['Throttling', 'AccessDenied', 'LoadBalancerNotFoundMaybe']) {
    const error = failure(code)
    await assert.rejects(
      known(names, async () => {
        throw error
      }),
      error,
    )
  }
})
