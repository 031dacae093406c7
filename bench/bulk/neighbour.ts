import type { CountingAws } from './aws.ts'

/** Of StopInstances: one token an instance, so many a second. */
const refillPerSecond = 20
/** As another tool would: some at a time. */
const perCall = 10

/**
 * Another tool in the same account and Region, which stops instances of its own all the time and so takes a share of the
 * refill. Refused, it comes again a second later, and doesn't make up for what it missed.
 */
export const startNeighbour = (options: { aws: CountingAws; speed: number; share: number }) => {
  const { aws, speed, share } = options
  const pauseMs = ((perCall / (refillPerSecond * share)) * 1000) / speed
  let asked = 0
  let got = 0
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  let dueMs = performance.now()

  const call = async (): Promise<void> => {
    const ids = await own
    asked++
    if ((await aws.callAsNeighbour('StopInstances', { InstanceIds: ids })) === 'accepted') got++
    if (isOver) return
    dueMs += pauseMs
    timer = setTimeout(() => void call(), Math.max(0, dueMs - performance.now()))
  }
  const own = aws.neighboursIds(perCall)
  void call()

  return {
    stop: (): { asked: number; got: number } => {
      isOver = true
      clearTimeout(timer)
      return { asked, got }
    },
  }
}
