import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueState } from '#contracts/queue.ts'
import { createStubborn } from './client.ts'
import type { Stubborn } from './client.ts'
import { compareWithLive, futureAlarms, readEstate } from './estate.ts'
import type { Estate } from './estate.ts'
import type { Injected, Place } from './faults.ts'
import { injectFaults, planFaults } from './faults.ts'
import type { Finding, Record } from './findings.ts'
import { createRecord } from './findings.ts'
import { startInstallation } from './installation.ts'
import type { Installation } from './installation.ts'
import type { Accepted } from './lane.ts'
import { runLane } from './lane.ts'
import type { Known } from './model.ts'
import type { Abilities } from './moves.ts'
import { followNews } from './news.ts'
import { allOf } from './pages.ts'
import { createRandom } from './random.ts'
import { reportOf } from './report.ts'
import { verifyAudit, verifyFeed, verifyKeys, verifyTasks } from './verify.ts'

export type ChaosOptions = {
  seed: number
  /** So many tasks are filed, unless the time is up before. */
  tasks: number
  /** Of filing and of faults; the start and the final checks come on top. */
  minutes: number
  /** Less than this would prove nothing: a machine that is busy otherwise gets up to ten times as long. */
  leastTasks: number
  /** Lanes, each of some instances, that file one task after the other. */
  lanes: number
  /** On average, between two faults. */
  faultEverySeconds: number
  workers: number
  /** Whether it is held to the time that things take, which says something on a machine that does nothing else. */
  areTimesHeld: boolean
  print: (line: string) => void
}

export type ChaosResult = { findings: Finding[]; accepted: number; faults: number; report: string; evidence: string }

const leaseSeconds = 6
/** How much faster the sandbox's clock runs. A start or a stop takes about a second. */
const speed = 30
/** What AWS and the engine's own pauses may take after the last fault, in cloud seconds: a start with its status checks. */
const awsSeconds = 240
/** Longer than the sandbox delays an effect whose caller is dead already, where it has the time. */
const lateEffectsMs = 1500
/** On top, for a machine that does other things as well: how slow it is, the starts of the processes tell. */
const slackSeconds = 15
const slackStarts = 4

/**
 * A real installation, a load of mixed tasks, and everything that may die does, while AWS fails in every way that the sandbox
 * knows. Then all faults end, and every promise is checked.
 */
export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { seed, lanes, print } = options
  const random = createRandom(seed)
  const record = createRecord(print)
  const startedAtMs = Date.now() - record.nowMs()
  const size = Math.max(1500, lanes * 40)
  const installation = await startInstallation({ ...options, leaseSeconds, speed, size, record })
  try {
    const client = createStubborn({ ...installation, record })
    const estate = await readEstate(client)
    const { instances, groups } = estate
    record.note(`${instances.length} instances, ${groups.length} log groups, ${lanes} lanes`)
    const news = await followNews(client)
    const accepted: Accepted[] = []
    const injected: Injected[] = []
    const until = record.nowMs() + options.minutes * 60_000
    const later = until + options.minutes * 9 * 60_000
    const mayFile = (): boolean =>
      accepted.length < options.tasks && record.nowMs() < (accepted.length < options.leastTasks ? later : until)

    // As often as they have instances, so that a fault of one place meets somebody.
    const places = instances.map(({ account, region }): Place => ({ account, region }))
    const planned = planFaults(random.fork('faults'), {
      seconds: options.minutes * 10 * 60,
      meanSeconds: options.faultEverySeconds,
      places,
    })
    const calm = new AbortController()
    const faults = injectFaults(planned, { installation, client, record, leaseSeconds, injected }, calm.signal)

    const abilities = await abilitiesOf(client)
    const deps = {
      client,
      news,
      record,
      accepted,
      abilities,
      mayFile,
      limitSeconds: 300 + 20 * installation.startSeconds(),
      lateEffectsMs: lateEffectsMs + 500 * installation.startSeconds(),
    }
    const targetsOfLanes = lanesOf(estate, lanes)
    const running = targetsOfLanes.map((targets, index) =>
      runLane(deps, {
        targets,
        random: random.fork(`lane ${index}`),
        mostTargets: index === 0 ? targets.length : 3,
      }).catch((error: unknown) => record.find(`lane ${index}: ${(error as Error).message}`)),
    )
    while (mayFile()) await sleep(100)
    calm.abort()
    await faults
    const faultsEndedMs = record.nowMs()
    record.note('all faults are over')
    const watching = new AbortController()
    const watch = watchQueue(client, watching.signal)
    await Promise.all(running)
    watching.abort()
    const longestDueSeconds = await watch
    record.note(`an item was due for ${longestDueSeconds.toFixed(1)} s at most after the faults`)
    if (options.areTimesHeld && longestDueSeconds > leaseSeconds + installation.startSeconds())
      record.find(`an item was due for ${longestDueSeconds.toFixed(1)} s after the faults, longer than a lease`)
    record.note('all lanes are done')

    const ended = await verifyTasks({ client, record, accepted })
    const all = { client, record, accepted }
    for (const what of await compareWithLive(client, targetsOfLanes.flat())) record.find(what)
    await news.stop()
    await verifyFeed(all, news)
    await verifyKeys(all)
    await verifyAudit(all)
    const { refusals } = client
    const { text, drainSeconds } = reportOf({
      injected,
      ended,
      refusals,
      reconnections: news.reconnections(),
      faultsEndedMs,
      startedAtMs,
    })
    const slack = slackSeconds + slackStarts * installation.startSeconds()
    const allowed = (leaseSeconds * 4) / 3 + awsSeconds / speed + slack
    if (options.areTimesHeld && drainSeconds > allowed)
      record.find(
        `the last task was over ${drainSeconds.toFixed(1)} s after the last fault; ${allowed.toFixed(1)} are allowed`,
      )
    return {
      findings: record.findings,
      accepted: accepted.length,
      faults: injected.length,
      report: text,
      evidence: await evidenceOf(record, client, installation),
    }
  } finally {
    await installation.remove()
  }
}

/** By its own description. */
const abilitiesOf = async (client: Stubborn): Promise<Abilities> => {
  const { items } = await client.ok<{ items: { name: string }[] }>('GET', '/operations?limit=500')
  const { paths } = await client.ok<{ paths: object }>('GET', '/openapi.json')
  const isBulk = Object.keys(paths).some((path) => path.endsWith('/tasks/{id}/retry'))
  return { operations: new Set(items.map(({ name }) => name)), canWave: isBulk, canRetry: isBulk }
}

/**
 * The first lane has many instances, for tasks of many items; the others have three each. Of every eight one changes the
 * retention of log groups and one makes alarms.
 */
const lanesOf = ({ instances, groups }: Estate, lanes: number): Known[][] => {
  const many = 40
  const inPlace = <K extends Known>(all: readonly K[]): K[] =>
    all.toSorted((a, b) => (a.account + a.region < b.account + b.region ? -1 : 1))
  const [byPlace, groupsByPlace] = [inPlace(instances), inPlace(groups)]
  const three = <K extends Known>(all: readonly K[], index: number): K[] => all.slice(index * 3, index * 3 + 3)
  const small = Array.from({ length: lanes - 1 }, (_, index): Known[] => {
    const [turn, round] = [index % 8, Math.floor(index / 8)]
    if (turn === 3) return three(groupsByPlace, round)
    const own = three(byPlace.slice(many), index)
    if (turn !== 6 || own[0] === undefined) return own
    return futureAlarms(
      own[0],
      [0, 1, 2].map((n) => `chaos-${index}-${n}`),
    )
  })
  return [byPlace.slice(0, many), ...small.filter((targets) => targets.length > 0)]
}

/** For how long anything that is due waits at most until `ending`: once the faults are over not longer than a lease. */
const watchQueue = async (client: Stubborn, ending: AbortSignal): Promise<number> => {
  let longest = 0
  while (!ending.aborted) {
    const queue = await client.ok<QueueState>('GET', '/queue')
    longest = Math.max(longest, queue.oldestDueSeconds)
    await sleep(500, undefined, { signal: ending }).catch(() => {})
  }
  return longest
}

/** What a developer needs to see what went wrong: the timeline, and of each task that is named its items and events. */
const evidenceOf = async (record: Record, client: Stubborn, installation: Installation): Promise<string> => {
  if (record.findings.length === 0) return ''
  const ids = [...new Set(record.findings.flatMap(({ taskId }) => taskId ?? []))].slice(0, 5)
  const tasks = await Promise.all(
    ids.map(async (id) => ({
      task: await client.ok<object>('GET', `/tasks/${id}`).then(({ plan: _plan, ...task }: any) => task),
      items: (await allOf<object>(client, `/tasks/${id}/items`)).slice(0, 5),
      events: (await allOf<object>(client, `/tasks/${id}/events`)).slice(0, 40),
    })),
  )
  const { workers, tasks: service, gateway, others } = installation
  return [
    '--- timeline',
    ...record.timeline.map(({ atMs, what }) => `${(atMs / 1000).toFixed(1).padStart(7)} s  ${what}`),
    ...tasks.flatMap((one) => ['--- task', JSON.stringify(one, null, 1)]),
    ...[gateway, service, ...workers, ...others].flatMap((kept) => [
      `--- log of ${kept.name}`,
      kept.output().slice(-4000),
    ]),
  ].join('\n')
}
