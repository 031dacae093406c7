import { isFinal } from '../../src/contracts/task.ts'
import type { List } from '../../src/contracts/list.ts'
import type { Item, Plan, Task } from '../../src/contracts/task.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { place } from './aws.ts'
import type { CountedCall, CountingAws } from './aws.ts'
import type { Installation } from './installation.ts'
import { instanceIdOf } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'
import { startNeighbour } from './neighbour.ts'
import { runDriver } from './sdk.ts'

/** What one scenario came to. Seconds are the cloud's. */
export type Result = {
  name: string
  title: string
  targets: number
  speed: number
  /** From the first to the last call with the effect. */
  seconds: number
  floorSeconds: number
  /** What the plan said; undefined without a plan. */
  expectedSeconds: number | undefined
  lost: number
  doneTwice: number
  calls: number
  throttled: number
  /** Reads that were throttled, of all reads. */
  reads: number
  readsThrottled: number
  planMs: number | undefined
  /** Processor time of all processes of the engine for each target, from filing to the end of the task. */
  cpuMsPerTarget: number | undefined
  neighbour: { asked: number; got: number } | undefined
}

/** `ids` are ARNs of instances; `speed` is the one that the simulated AWS runs at. */
export type Setting = { aws: CountingAws; installation: Installation; ids: readonly string[]; speed: number }

/** Runs a scenario from a fresh state of AWS, with full buckets. */
export const runScenario = async (scenario: Scenario, setting: Setting): Promise<Result> => {
  const { aws, installation, ids, speed } = setting
  await aws.reset(scenario.begins, ids.map(instanceIdOf))
  // Buckets that were never used are full, as AWS's own are now.
  const db = installation.db()
  for (const text of ['truncate quota_buckets', 'delete from quota_buckets_seen']) await db.query({ text })
  const neighbour =
    scenario.neighbourShare === undefined ? undefined : startNeighbour({ aws, speed, share: scenario.neighbourShare })
  try {
    const outcome =
      scenario.driver === undefined ? await runTask(scenario, setting) : await runScript(scenario, setting)
    return { ...measure(scenario, setting), ...outcome, neighbour: neighbour?.stop() }
  } finally {
    neighbour?.stop()
    await installation.replaceWorkers()
  }
}

type Outcome = Pick<Result, 'expectedSeconds' | 'lost' | 'planMs' | 'cpuMsPerTarget'>

const runTask = async (scenario: Scenario, { aws, installation, ids, speed }: Setting): Promise<Outcome> => {
  const admin = installation.admin()
  const beganMs = performance.now()
  const plan = await admin.ok<Plan>('POST', '/plans', { ...scenario.request(ids), waves: 'none' })
  const planMs = performance.now() - beganMs
  if (plan.targets.length !== ids.length) {
    const why = plan.excluded[0]
    throw new Error(`${plan.excluded.length} targets of ${scenario.name} are excluded: ${why?.id} ${why?.why}`)
  }
  const cpuBefore = installation.cpuMs()
  const { id, status } = await admin.file({ planHash: plan.planHash, priority: bulkPriority })
  if (status === 'awaiting_approval') {
    const { planHash, approvals } = plan
    await admin.ok('POST', `/tasks/${id}/approve`, { planHash, confirmation: approvals.confirmation ?? undefined })
  }
  if (scenario.isKilled) {
    await waitFor('half of the targets', () => targetsDone(aws.calls, scenario) >= ids.length / 2, 3600)
    installation.killWorkers(2)
  }
  const task = await waitFor(
    'the task to end',
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      const current = await admin.ok<Task>('GET', `/tasks/${id}`)
      return isFinal(current.status) && current
    },
    3600,
  )
  if (task.status !== 'succeeded') {
    const { items } = await admin.ok<List<Item>>('GET', `/tasks/${id}/items?status=failed,drifted,cancelled&limit=3`)
    console.error(`  ${task.status}: ${JSON.stringify(items.map(({ error }) => error))}`)
  }
  return {
    expectedSeconds: plan.expectedSeconds.calls * speed,
    lost: ids.length - task.progress.succeeded,
    planMs,
    cpuMsPerTarget: (installation.cpuMs() - cpuBefore) / ids.length,
  }
}

/** Bulk work, so that it makes way for what somebody waits for. */
const bulkPriority = -10

const runScript = async (scenario: Scenario, { aws, ids, speed }: Setting): Promise<Outcome> => {
  // Told apart by the caller: a scenario without a driver runs as a task.
  const driver = scenario.driver!
  const job = { ...driver, ...place, url: aws.url, speed, action: scenario.action, ids: ids.map(instanceIdOf) }
  const { failed } = await runDriver(job)
  return { expectedSeconds: undefined, lost: failed, planMs: undefined, cpuMsPerTarget: undefined }
}

const measure = (scenario: Scenario, { aws, ids, speed }: Setting): Omit<Result, keyof Outcome | 'neighbour'> => {
  const own = aws.calls.filter(({ action }) => action === scenario.action)
  const reads = aws.calls.filter(({ action }) => /^(Describe|Get|List)/.test(action))
  const at = own.map(({ atMs }) => atMs)
  const times = new Map<string, number>()
  for (const call of own) {
    if (call.answer === 'accepted') for (const id of call.ids) times.set(id, (times.get(id) ?? 0) + 1)
  }
  const isThrottled = ({ answer }: CountedCall): boolean => answer === 'throttled'
  return {
    name: scenario.name,
    title: scenario.title,
    targets: ids.length,
    speed,
    seconds: own.length === 0 ? 0 : ((Math.max(...at) - Math.min(...at)) / 1000) * speed,
    floorSeconds: scenario.floorSeconds(ids.length),
    doneTwice: [...times.values()].filter((count) => count > 1).length,
    calls: own.length,
    throttled: own.filter(isThrottled).length,
    reads: reads.length,
    readsThrottled: reads.filter(isThrottled).length,
  }
}

const targetsDone = (calls: readonly CountedCall[], { action }: Scenario): number =>
  calls.reduce((sum, call) => sum + (call.action === action && call.answer === 'accepted' ? call.ids.length : 0), 0)
