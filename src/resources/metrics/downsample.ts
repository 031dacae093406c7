import type { MetricPoint } from '#aws/cloudwatch.ts'

/**
 * At most `most` of the points: time is cut into equal parts, and of each the lowest and the highest point stay. All that is left was
 * measured, and no peak is lost, however short; what goes is the middle.
 */
export const downsample = (points: readonly MetricPoint[], most: number): MetricPoint[] => {
  const first = points[0]
  const last = points.at(-1)
  if (points.length <= most || first === undefined || last === undefined) return [...points]
  const parts = Math.max(1, Math.floor(most / 2))
  const partMs = (last.atMs - first.atMs + 1) / parts
  const kept: MetricPoint[] = []
  let part: MetricPoint[] = []
  let number = 0
  const close = (): void => {
    if (part.length === 0) return
    const low = part.reduce((least, point) => (point.value < least.value ? point : least))
    const high = part.reduce((greatest, point) => (point.value > greatest.value ? point : greatest))
    kept.push(...(low === high ? [low] : low.atMs < high.atMs ? [low, high] : [high, low]))
    part = []
  }
  for (const point of points) {
    const own = Math.floor((point.atMs - first.atMs) / partMs)
    if (own !== number) {
      close()
      number = own
    }
    part.push(point)
  }
  close()
  return kept
}
