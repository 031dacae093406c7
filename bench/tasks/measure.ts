import { setTimeout as sleep } from 'node:timers/promises'
import { concurrency, stepsOf } from './contender.ts'
import type { Contender, CreateContender, Kind } from './contender.ts'
import { createCpuMeter } from './cpu.ts'
import type { Sizes } from './sizes.ts'
import { percentile } from './statistics.ts'

export type Figures = {
  singleEnqueuesPerSecond: number
  tasksPerSecond: number
  threeStepPerSecond: number
  /** The same with a job for every step; missing where steps are the engine's own. */
  threeStepChainedPerSecond?: number
  /** The same with many tasks in one handler call, where an engine has that. */
  threeStepMergedPerSecond?: number
  idleStartP50Ms: number
  idleStartP99Ms: number
  loadedStartP50Ms: number
  loadedStartP99Ms: number
  /** What it kept up with of what was offered. */
  loadedPerSecond: number
  /** Processor time of the engine's process, and of its database, for one task of `tasksPerSecond`. */
  processCpuMsPerTask: number
  /** Missing where there is no /proc. */
  serverCpuMsPerTask?: number
  /** One task of many items, each of three steps; missing where an engine has no such tasks. The same two for an item. */
  bulkItemsPerSecond?: number
  processCpuMsPerItem?: number
  serverCpuMsPerItem?: number
}

const enqueuesPerCall = 1_000

/** In this order; each engine has its turn before the next measurement begins, so that ratios are of the same minute. */
export const measurements = [
  'enqueues',
  'warm up',
  'tasks',
  'three steps',
  'tasks',
  'three steps',
  'chained',
  'merged',
  'bulk',
  'idle',
  'loaded',
] as const
export type Measurement = (typeof measurements)[number]

/** One engine, in a process of its own and on an empty database, ready to be asked for one measurement after the other. */
export const createMeasure = async (create: CreateContender, server: { url: string; pid: number }, sizes: Sizes) => {
  const steps = createStepCounter()
  const contender = await create({ url: server.url, onStep: steps.onStep })

  const take: Record<Measurement, () => Promise<Partial<Figures>>> = {
    enqueues: async () => ({ singleEnqueuesPerSecond: await measureEnqueues(contender, sizes) }),
    'warm up': async () => {
      await contender.startWorker()
      await settle(contender)
      for (const kind of contender.kinds) await bulk(contender, steps, kind, sizes.warmUp)
      return {}
    },
    tasks: async () => {
      const cpu = createCpuMeter(server.pid)
      const tasksPerSecond = await bulk(contender, steps, 'one', sizes.tasks)
      const { ownMs, serverMs } = cpu.used()
      return {
        tasksPerSecond,
        processCpuMsPerTask: ownMs / sizes.tasks,
        ...(serverMs === undefined ? {} : { serverCpuMsPerTask: serverMs / sizes.tasks }),
      }
    },
    'three steps': async () => ({ threeStepPerSecond: await bulk(contender, steps, 'three', sizes.workflows) }),
    chained: async () =>
      contender.kinds.includes('chained')
        ? { threeStepChainedPerSecond: await bulk(contender, steps, 'chained', sizes.chained) }
        : {},
    merged: async () =>
      contender.kinds.includes('merged')
        ? { threeStepMergedPerSecond: await bulk(contender, steps, 'merged', sizes.workflows) }
        : {},
    bulk: async () => {
      if (contender.enqueueBulk === undefined) return {}
      const count = sizes.bulkItems
      const cpu = createCpuMeter(server.pid)
      const begun = steps.count(count * stepsOf('three'))
      const startedAt = performance.now()
      await contender.enqueueBulk(count)
      await begun
      await settle(contender)
      const seconds = (performance.now() - startedAt) / 1000
      const { ownMs, serverMs } = cpu.used()
      return {
        bulkItemsPerSecond: count / seconds,
        processCpuMsPerItem: ownMs / count,
        ...(serverMs === undefined ? {} : { serverCpuMsPerItem: serverMs / count }),
      }
    },
    idle: async () => {
      const samples = await measureIdleStarts(contender, steps, sizes)
      return { idleStartP50Ms: percentile(samples, 50), idleStartP99Ms: percentile(samples, 99) }
    },
    loaded: () => measureLoadedStarts(contender, steps, sizes),
  }

  contender.rest?.(true)
  return {
    take: async (measurement: Measurement): Promise<Partial<Figures>> => {
      contender.rest?.(false)
      try {
        return await take[measurement]()
      } finally {
        contender.rest?.(true)
      }
    },
    stop: contender.stop,
  }
}

/** Counts the steps that began, and tells who waits for the first step of a task. */
const createStepCounter = () => {
  const firstSteps = new Map<string, (at: number) => void>()
  let left = 0
  let onDone = (): void => {}
  return {
    onStep: (id: string, step: number): void => {
      if (step === 0) {
        firstSteps.get(id)?.(performance.now())
        firstSteps.delete(id)
      }
      left--
      if (left === 0) onDone()
    },
    /** Resolves once so many steps have begun from now on. */
    count: (steps: number): Promise<void> => {
      left = steps
      return new Promise((resolve) => (onDone = resolve))
    },
    firstStepOf: (id: string): Promise<number> => new Promise((resolve) => firstSteps.set(id, resolve)),
  }
}
type StepCounter = ReturnType<typeof createStepCounter>

let taken = 0
const newId = (): string => `task-${taken++}`

/** Waits until everything is on record as done. */
const settle = async (contender: Contender): Promise<void> => {
  while (await contender.hasWork()) await sleep(2)
}

/** Calls of one task each, always as many in flight as the concurrency; nobody works yet. */
const measureEnqueues = async (contender: Contender, sizes: Sizes): Promise<number> => {
  const run = async (count: number): Promise<number> => {
    const startedAt = performance.now()
    const endAt = startedAt + sizes.longestEnqueueSeconds * 1000
    let begun = 0
    const caller = async (): Promise<void> => {
      while (begun < count && performance.now() < endAt) {
        begun++
        await contender.enqueue('one', newId())
      }
    }
    await Promise.all(Array.from({ length: concurrency }, caller))
    return begun / ((performance.now() - startedAt) / 1000)
  }
  await run(sizes.warmUp)
  return run(sizes.enqueues)
}

/** Tasks per second from the first that is handed over, in bulk, to the last that is on record as done. */
const bulk = async (contender: Contender, steps: StepCounter, kind: Kind, count: number): Promise<number> => {
  const ids = Array.from({ length: count }, newId)
  const begun = steps.count(count * stepsOf(kind))
  const startedAt = performance.now()
  for (let at = 0; at < count; at += enqueuesPerCall)
    await contender.enqueueMany(kind, ids.slice(at, at + enqueuesPerCall))
  await begun
  await settle(contender)
  return count / ((performance.now() - startedAt) / 1000)
}

/** From the call to the handler, one task at a time with a pause after each. */
const measureIdleStarts = async (contender: Contender, steps: StepCounter, sizes: Sizes): Promise<number[]> => {
  const samples: number[] = []
  for (let n = 0; n < sizes.idleSamples; n++) {
    await sleep(10 + (n % 10)) // not in step with anybody's timer
    const id = newId()
    const started = steps.firstStepOf(id)
    const calledAt = performance.now()
    await contender.enqueue('one', id)
    samples.push((await started) - calledAt)
  }
  return samples
}

/** The same while so many tasks a second are offered, whether the engine keeps up or not. */
const measureLoadedStarts = async (contender: Contender, steps: StepCounter, sizes: Sizes) => {
  const count = sizes.offeredPerSecond * sizes.offeredSeconds
  const beganAt = performance.now()
  const starts: Promise<{ at: number; ms: number }>[] = []
  const calls: Promise<unknown>[] = []
  while (calls.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - beganAt) * sizes.offeredPerSecond) / 1000))
    while (calls.length < due) {
      const id = newId()
      const calledAt = performance.now()
      starts.push(steps.firstStepOf(id).then((at) => ({ at, ms: at - calledAt })))
      calls.push(contender.enqueue('one', id))
    }
    await sleep(1)
  }
  await Promise.all(calls)
  const started = await Promise.all(starts)
  const lastAt = Math.max(...started.map(({ at }) => at))
  const ms = started.map((start) => start.ms)
  return {
    loadedStartP50Ms: percentile(ms, 50),
    loadedStartP99Ms: percentile(ms, 99),
    loadedPerSecond: count / ((lastAt - beganAt) / 1000),
  }
}
