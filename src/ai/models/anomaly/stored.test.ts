import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBar } from './alert.ts'
import { observe } from './observe.ts'
import { createSeries } from './series.ts'
import type { Sorted } from './sorted.ts'
import { restoreSeries, storeSeries } from './stored.ts'

const inOrder = ({ values, count }: Sorted): number[] => [...values.subarray(0, count)]

test('what is not written down follows from the history, at any length of it', () => {
  const stepMs = 300_000
  const series = createSeries({ origin: 0, unit: 1, stepMs })
  // No two are the same, so that one too many or too few shows.
  for (let i = 1; i <= 8300; i++) {
    observe(series, i * stepMs, Math.sin(i * i) + i / 1000)
    if (![40, 71, 72, 73, 500, 4095, 4096, 4097, 4200, 8192, 8193, 8300].includes(i)) continue
    const { series: restored } = restoreSeries(storeSeries(series, createBar()))
    for (const name of ['sorted', 'levels', 'recent', 'steps'] as const) {
      assert.deepEqual(inOrder(restored[name]), inOrder(series[name]), `${name} after ${i}`)
    }
  }
})
