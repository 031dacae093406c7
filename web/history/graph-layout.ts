import type { Relations } from '#contracts/relations.ts'

/** A box of the picture, in pixels. */
export type Box = { id: string; name: string; type: string; kind: string; x: number; y: number }
export type Line = { path: string; from: string; to: string }
export type Picture = { boxes: Box[]; lines: Line[]; width: number; height: number; left: number }

export const boxWidth = 190
export const boxHeight = 46
const columnGap = 70
const rowGap = 14
const margin = 8
/** More in one column is no picture any more; the list beside it has them all. */
const mostInColumn = 40

/**
 * From left to right: the resource itself, what is one step away, two, three. What was reached from the same one stands together,
 * in the order of kinds and names.
 */
export const layout = (
  root: { id: string; name: string; type: string },
  { items }: Pick<Relations, 'items'>,
  compare: (a: string, b: string) => number,
): Picture => {
  const columns: Box[][] = [[{ ...root, kind: '', x: margin, y: 0 }]]
  const places = new Map<string, number>([[root.id, 0]])
  let left = 0
  const deepest = Math.max(0, ...items.map(({ depth }) => depth))
  const fromOf = new Map(items.map((item) => [item.resource.id, item.from]))
  for (let depth = 1; depth <= deepest; depth++) {
    const own = items
      .filter((item) => item.depth === depth && places.has(item.from))
      .toSorted(
        (a, b) =>
          (places.get(a.from) ?? 0) - (places.get(b.from) ?? 0) ||
          compare(a.kind, b.kind) ||
          compare(a.resource.name ?? a.resource.id, b.resource.name ?? b.resource.id),
      )
    left += Math.max(0, own.length - mostInColumn)
    const column = own.slice(0, mostInColumn).map(({ resource, kind }, row): Box => {
      places.set(resource.id, row)
      return {
        id: resource.id,
        name: resource.name ?? '',
        type: resource.type,
        kind,
        x: margin + depth * (boxWidth + columnGap),
        y: 0,
      }
    })
    left += items.filter((item) => item.depth === depth && !places.has(item.from)).length
    columns.push(column)
  }
  const tallest = Math.max(...columns.map((column) => column.length))
  const height = tallest * (boxHeight + rowGap) - rowGap + 2 * margin
  for (const column of columns) {
    const own = column.length * (boxHeight + rowGap) - rowGap
    for (const [row, box] of column.entries()) box.y = (height - own) / 2 + row * (boxHeight + rowGap)
  }
  const boxes = columns.flat()
  const byId = new Map(boxes.map((box) => [box.id, box]))
  const lines = boxes.flatMap((box): Line[] => {
    const from = byId.get(fromOf.get(box.id) ?? '')
    return from === undefined ? [] : [{ from: from.id, to: box.id, path: curve(from, box) }]
  })
  return { boxes, lines, width: columns.length * (boxWidth + columnGap) - columnGap + 2 * margin, height, left }
}

const curve = (from: Box, to: Box): string => {
  const [x1, y1, x2, y2] = [from.x + boxWidth, from.y + boxHeight / 2, to.x, to.y + boxHeight / 2]
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}

/** As much of a text as a box has room for. */
export const fitting = (text: string, most = 24): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
