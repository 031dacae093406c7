import type { Account, Aws } from '#aws/cloud.ts'
import type { QueueMessage, Sqs } from '#aws/sqs.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Effect } from '../effects.ts'
import { changesOf } from './changes.ts'

/** A message that isn't deleted within that time comes again: its process died, or the database was away. */
const hiddenForSeconds = 60
/** Receives that wait at the same time, in each process. */
const pollers = 2
const shortestPauseMs = 1_000
const longestPauseMs = 60_000
/** How often it is said what came. */
const reportEveryMs = 60_000

/** Where a queue is, as its URL says: `https://sqs.<region>.amazonaws.com/<account>/<name>`. */
export const placeOfQueue = (url: string): { account: string; region: string } | null => {
  const parsed = URL.parse(url)
  const account = /^\/(\d{12})\/[\w-]{1,80}(?:\.fifo)?$/.exec(parsed?.pathname ?? '')?.[1]
  if (parsed === null || account === undefined) return null
  // An endpoint of one's own says no Region.
  return { account, region: /\b[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}\b/.exec(parsed.hostname)?.[0] ?? 'us-east-1' }
}

export type EventConsumer = {
  start: () => void
  stop: () => Promise<void>
  /** What came so far, in this process. */
  counts: () => EventCounts
}
export type EventCounts = { received: number; applied: number; unrelated: number; malformed: number }

/**
 * Hears of changes by a queue and has them read from AWS. A message is deleted when the inventory has what it told of, or when
 * there is nothing in it for us: what can't be understood is counted and dropped, so that it blocks nothing.
 */
export const createEventConsumer = (deps: {
  aws: Aws
  queueUrl: string
  /** Rejects when nobody will come to read these again, so that the message has to come again. */
  note: (effects: readonly Effect[]) => Promise<void>
  clock: Clock
  log: Log
}): EventConsumer => {
  const { aws, queueUrl, note, clock, log } = deps
  const stopping = new AbortController()
  const counts: EventCounts = { received: 0, applied: 0, unrelated: 0, malformed: 0 }
  let running: Promise<unknown> | undefined
  let reportedMs = clock.monotonicMs()
  let reported = 0

  /** Whether the message is done with. */
  const handle = async ({ body }: QueueMessage, accounts: readonly Account[]): Promise<boolean> => {
    counts.received++
    const changes = changesOf(body)
    if (changes === null) {
      counts.malformed++
      return true
    }
    const ours = changes.filter(({ account, region }) => accounts.some((one) => isHere(one, account, region)))
    if (ours.length === 0) {
      counts.unrelated++
      return true
    }
    try {
      await note(ours)
    } catch (error) {
      log.info({ err: error }, 'an event could not be followed; it comes again')
      return false
    }
    counts.applied++
    return true
  }

  const report = (): void => {
    if (counts.received === reported || clock.monotonicMs() - reportedMs < reportEveryMs) return
    reportedMs = clock.monotonicMs()
    reported = counts.received
    const { malformed } = counts
    if (malformed > 0) log.warn({ ...counts }, 'some messages of the queue are no events and were dropped')
    else log.debug({ ...counts }, 'events of the queue')
  }

  const round = async (sqs: Sqs): Promise<void> => {
    const call = { priority: 'sweep', signal: stopping.signal } as const
    const messages = await sqs.receive(call, queueUrl, hiddenForSeconds)
    const accounts = await aws.accounts.list()
    const done = await Promise.all(
      messages.map(async (message) => ((await handle(message, accounts)) ? message : null)),
    )
    await sqs.delete(
      { priority: 'sweep' },
      queueUrl,
      done.flatMap((message) => message?.handle ?? []),
    )
    report()
  }

  const poll = async (): Promise<void> => {
    let pauseMs = shortestPauseMs
    while (!stopping.signal.aborted) {
      try {
        await round(await queueOf())
        pauseMs = shortestPauseMs
      } catch (error) {
        if (stopping.signal.aborted) return
        log.warn({ err: error, queue: queueUrl }, 'the queue of events could not be read; sweeps go on')
        await clock.sleep(pauseMs, stopping.signal)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
    }
  }

  const queueOf = async (): Promise<Sqs> => {
    const place = placeOfQueue(queueUrl)
    if (place === null) throw new Error('ORCHESTRATOR_EVENT_QUEUE_URL is not the URL of a queue')
    return aws.sqs(await aws.accounts.get(place.account), place.region)
  }

  return {
    start: () => void (running ??= Promise.all(Array.from({ length: pollers }, poll))),
    stop: async () => {
      stopping.abort()
      await running
    },
    counts: () => ({ ...counts }),
  }
}

const isHere = ({ id, regions }: Account, account: string, region: string): boolean =>
  id === account && (region === 'global' || regions.includes(region))
