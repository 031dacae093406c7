import { expect, test } from 'vitest'
import type { Relations } from '#contracts/relations.ts'
import { boxHeight, boxWidth, fitting, layout } from './graph-layout.ts'

const item = (id: string, depth: number, from: string, kind = 'volume') =>
  ({ kind, depth, from, resource: { id, name: id, type: 'ec2.volume' } }) as unknown as Relations['items'][number]
const root = { id: 'root', name: 'root', type: 'ec2.instance' }
const plain = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

test('one column for each step, nothing on top of anything else, a line to each', () => {
  const items = [item('b', 1, 'root'), item('a', 1, 'root'), item('a1', 2, 'a'), item('b1', 2, 'b'), item('a2', 2, 'a')]
  const { boxes, lines, width, height, left } = layout(root, { items }, plain)
  expect(left).toBe(0)
  expect(lines.map(({ from, to }) => `${from}-${to}`).sort()).toEqual(['a-a1', 'a-a2', 'b-b1', 'root-a', 'root-b'])
  const xs = new Map(boxes.map(({ id, x }) => [id, x]))
  expect(xs.get('a')).toBe(xs.get('b'))
  expect(xs.get('a1')).toBeGreaterThan((xs.get('a') ?? 0) + boxWidth)
  for (const one of boxes) {
    expect(one.x >= 0 && one.x + boxWidth <= width && one.y >= 0 && one.y + boxHeight <= height).toBe(true)
    for (const other of boxes)
      if (other !== one && other.x === one.x) expect(Math.abs(other.y - one.y)).toBeGreaterThanOrEqual(boxHeight)
  }
  const inOrder = boxes.filter(({ x }) => x === xs.get('a1')).map(({ id }) => id)
  expect(inOrder).toEqual(['a1', 'a2', 'b1'])
})

test('a long column is cut, and what hangs on what was cut is counted as well', () => {
  const many = Array.from({ length: 45 }, (_, n) => item(`v${String(n).padStart(2, '0')}`, 1, 'root'))
  const { boxes, left } = layout(root, { items: [...many, item('x', 2, 'v44'), item('y', 2, 'v00')] }, plain)
  expect(boxes).toHaveLength(1 + 40 + 1)
  expect(left).toBe(5 + 1)
})

test('alone it stands alone', () => {
  expect(layout(root, { items: [] }, plain).boxes).toHaveLength(1)
  expect(fitting('a'.repeat(30))).toHaveLength(24)
})
