import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Sql, Statement } from '#platform/db/database.ts'
import { createLimiter } from './limiter.ts'

/** Time stands still: what a busy machine is slow to use is not thrown away as stale. */
const clock = { ...systemClock, monotonicMs: () => 0 }

/** The tokens of every slice that is asked for while so many calls of one size wait. */
const slicesFor = async (
  { capacity, refillPerSecond }: { capacity: number; refillPerSecond: number },
  calls: readonly number[],
): Promise<number[]> => {
  const slices: number[] = []
  const query = async ({ name, values = [] }: Statement): Promise<unknown[]> => {
    if (name !== 'grant_quota') return []
    slices.push(...(values[3] as number[]))
    return [{ wait: 0 }]
  }
  const limiter = createLimiter({ sql: { query } as Sql, clock })
  await Promise.all(
    calls.map(async (tokens) => {
      const bucket = { name: 'ec2:Test:requests', unit: 'requests', limit: { capacity, refillPerSecond } } as const
      const grant = await limiter.take({ scope: 'x', speed: 1, buckets: [{ bucket, tokens }] }, { priority: 'bulk' })
      grant.spent()
      grant.succeeded()
    }),
  )
  limiter.close()
  assert.equal(
    slices.reduce((sum, tokens) => sum + tokens, 0),
    calls.reduce((sum, tokens) => sum + tokens, 0),
    'every call has its tokens, once',
  )
  return slices
}
const ones = (count: number): number[] => Array<number>(count).fill(1)

test('a slice is at most an eighth of the capacity, and at most what comes back in a second', async () => {
  assert.equal(Math.max(...(await slicesFor({ capacity: 80, refillPerSecond: 100 }, ones(45)))), 10)
  assert.equal(Math.max(...(await slicesFor({ capacity: 80, refillPerSecond: 5 }, ones(45)))), 5)
  // DescribeInstances: 100/20.
  assert.equal(Math.max(...(await slicesFor({ capacity: 100, refillPerSecond: 20 }, ones(60)))), 12)
})

test('a call that needs more than that is a slice of its own', async () => {
  const slices = await slicesFor({ capacity: 1000, refillPerSecond: 20 }, [1, 50, 1, 50])
  assert.ok(
    slices.every((tokens) => tokens === 50 || tokens <= 20),
    slices.join(),
  )
})
