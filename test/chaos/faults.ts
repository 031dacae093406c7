import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultDraft } from '#contracts/sandbox.ts'
import type { Stubborn } from './client.ts'
import type { Record } from './findings.ts'
import type { Installation } from './installation.ts'
import type { Kept } from './kept.ts'
import type { Random } from './random.ts'

/** What goes wrong, and from when until when it did. */
export type Injected = { kind: string; details: string; startedMs: number; endedMs: number; hits: number | null }

type Planned = { atMs: number; run: (inject: Injector) => Promise<void> }

type Injector = {
  installation: Installation
  client: Stubborn
  record: Record
  leaseSeconds: number
  injected: Injected[]
}

export type Place = { account: string; region: string }

/**
 * The faults of a run, all drawn before it begins: which come when follows from the seed alone. What is not possible when
 * its time has come (the process is down already) is left out, and said.
 */
export const planFaults = (random: Random, options: { seconds: number; meanSeconds: number; places: Place[] }) => {
  const planned: Planned[] = []
  const { seconds, meanSeconds, places } = options
  for (let atSeconds = 2; atSeconds < seconds; atSeconds += random.between(0.3, 1.7) * meanSeconds) {
    const draw = random.fork(`fault ${planned.length}`)
    planned.push({ atMs: atSeconds * 1000, run: drawFault(draw, places) })
  }
  return planned
}

const drawFault = (random: Random, places: Place[]): Planned['run'] => {
  const pauseMs = random.integer(100, 1500)
  const whom = random.next()
  const worker = ({ workers }: Installation): Kept => workers[Math.floor(whom * workers.length)]! // below its length
  switch (
    random.weighted([
      ['kill worker', 5],
      ['stop worker', 3],
      ['kill database', 2],
      ['kill gateway', 2],
      ['kill tasks', 2],
      ['aws', 9],
    ] as const)
  ) {
    case 'kill worker':
      return (inject) => hit(inject, 'kill -9 worker', worker(inject.installation), (kept) => kept.kill(pauseMs))
    case 'stop worker': {
      const share = random.between(1.1, 1.8)
      return (inject) =>
        hit(inject, 'worker stopped beyond its lease', worker(inject.installation), (kept) =>
          kept.freeze(share * inject.leaseSeconds * 1000),
        )
    }
    case 'kill gateway':
      return (inject) =>
        hitFront(inject, 'kill -9 gateway', inject.installation.gateway.name, () =>
          inject.installation.gateway.kill(pauseMs),
        )
    case 'kill tasks':
      return (inject) => hitFront(inject, 'kill -9 task service', '', () => inject.installation.tasks.kill(pauseMs))
    case 'kill database':
      return (inject) => hitFront(inject, 'kill -9 PostgreSQL', '', () => inject.installation.killDatabase())
    case 'aws': {
      const draft = drawAwsFault(random, random.pick(places))
      const lastsMs = random.between(1000, draft.kind === 'region-down' ? 6000 : 4000)
      return (inject) => awsFault(inject, draft, lastsMs)
    }
  }
}

/** Probabilities are such that most calls get through in the end, durations such that waiting for the end is no answer. */
const drawAwsFault = (random: Random, place: Place): FaultDraft => {
  const somewhere = random.chance(0.3) ? place : {}
  const kind = random.pick([
    'latency',
    'throttle',
    'server-error',
    'timeout-after-effect',
    'connection-lost-after-effect',
    'insufficient-capacity',
    'region-down',
    'expired-credentials',
    'access-denied',
  ] as const)
  switch (kind) {
    // Shorter than what an attempt is given at least: what AWS does after it was given up is nobody's to know.
    case 'latency':
      return { kind, ...somewhere, probability: 0.5, milliseconds: random.integer(100, 800) }
    case 'throttle':
    case 'server-error':
    case 'insufficient-capacity':
      return { kind, ...somewhere, probability: random.between(0.2, 0.6) }
    case 'timeout-after-effect':
      return { kind, ...somewhere, probability: 0.2, times: random.integer(1, 6) }
    case 'connection-lost-after-effect':
      return { kind, ...somewhere, probability: random.between(0.2, 0.9) }
    case 'access-denied':
      return { kind, ...place, probability: 0.3 }
    case 'region-down':
    case 'expired-credentials':
      return { kind, ...place, probability: 1 }
  }
}

const awsFault = (inject: Injector, draft: FaultDraft, lastsMs: number): Promise<void> =>
  during(inject, `AWS: ${draft.kind}`, placeOf(draft), async (injected) => {
    const { client } = inject
    const { id } = await client.ok<{ id: string }>('POST', '/sandbox/faults', draft)
    await sleep(lastsMs)
    const { items } = await client.ok<{ items: { id: string; hits: number }[] }>('GET', '/sandbox/faults')
    injected.hits = items.find((fault) => fault.id === id)?.hits ?? draft.times ?? 0
    await client.request('DELETE', `/sandbox/faults/${id}`) // one that has run out is gone
  })

const placeOf = ({ account, region, probability }: FaultDraft): string =>
  `${account === undefined ? 'everywhere' : `${account} ${region}`}, ${Math.round(probability * 100)} % of calls`

const hit = async (inject: Injector, kind: string, kept: Kept, work: (kept: Kept) => Promise<void>): Promise<void> => {
  if (kept.isHit()) return inject.record.note(`left out: ${kind} (${kept.name} is down already)`)
  await during(inject, kind, kept.name, () => work(kept))
}

/**
 * Of what stands before everything one is down at a time, and then nothing for a while, on a slow machine for longer: else
 * nobody would get anything done.
 */
const front = ['kill -9 gateway', 'kill -9 task service', 'kill -9 PostgreSQL']
const quietMs = 4000

const hitFront = async (inject: Injector, kind: string, details: string, work: () => Promise<void>): Promise<void> => {
  const { record, injected, installation } = inject
  const restMs = Math.max(quietMs, installation.startSeconds() * 1000)
  const isTooSoon = injected.some((fault) => front.includes(fault.kind) && record.nowMs() < fault.endedMs + restMs)
  if (isTooSoon) return record.note(`left out: ${kind} (there was one just now)`)
  await during(inject, kind, details, work)
}

const during = async (
  { record, injected }: Injector,
  kind: string,
  details: string,
  work: (injected: Injected) => Promise<void>,
): Promise<void> => {
  const fault: Injected = { kind, details, startedMs: record.nowMs(), endedMs: Infinity, hits: null }
  injected.push(fault)
  record.note(`${kind} ${details}`)
  await work(fault)
  fault.endedMs = record.nowMs()
  record.note(`over: ${kind} ${details}`)
}

/** Injects what is planned until it is told to end, then waits until everything is whole again. */
export const injectFaults = async (
  planned: readonly Planned[],
  inject: Injector,
  ending: AbortSignal,
): Promise<void> => {
  const begunMs = inject.record.nowMs()
  const running: Promise<void>[] = []
  for (const { atMs, run } of planned) {
    await sleep(Math.max(0, begunMs + atMs - inject.record.nowMs()), undefined, { signal: ending }).catch(() => {})
    if (ending.aborted) break
    running.push(
      run(inject).catch((error: unknown) => inject.record.find(`a fault did not end: ${(error as Error).message}`)),
    )
  }
  await Promise.all(running)
  await inject.client.ok('DELETE', '/sandbox/faults')
}
