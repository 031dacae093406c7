import { setTimeout as sleep } from 'node:timers/promises'
import type { Item, Task } from '#contracts/task.ts'
import type { Stubborn } from './client.ts'
import type { Record } from './findings.ts'
import { readCounts } from './estate.ts'
import { judge } from './judge.ts'
import type { Known } from './model.ts'
import { deltaOf } from './model.ts'
import type { Abilities, Move } from './moves.ts'
import { drawMove } from './moves.ts'
import type { News } from './news.ts'
import type { Random } from './random.ts'

/** A task that was accepted, and what was asked for. */
export type Accepted = { id: string; operation: string; key: string | null; body: object | null; atMs: number }

export type LaneDeps = {
  client: Stubborn
  news: News
  record: Record
  accepted: Accepted[]
  abilities: Abilities
  /** Whether one more task may be filed. */
  mayFile: () => boolean
  /** A task that is not over by then is stuck. */
  limitSeconds: number
  /** For so long an effect may follow whose caller is dead already. */
  lateEffectsMs: number
}

/**
 * One after the other files tasks on resources that are its own, interferes with them as people do (approve, reject, cancel,
 * pause, resume, undo), waits for the end of each, and holds what it says against what the sandbox did.
 */
export const runLane = async (
  deps: LaneDeps,
  lane: { targets: Known[]; random: Random; mostTargets: number },
): Promise<void> => {
  const { client, record, accepted } = deps
  const { random, targets } = lane
  for (const [known, counts] of await readCounts(client, targets)) known.counts = counts

  while (deps.mayFile()) {
    const move = drawMove(random, targets, lane.mostTargets, deps.abilities)
    if (move === null) break
    const filed = await file(deps, move, random)
    if (filed === null) continue
    await interfere(deps, filed, random)
    const task = await settle(deps, filed.id, targets)
    // Keeping logs for less again is a matter of two approvals and a delay.
    const isUndone = task.undo.possible && task.operation !== 'logs.retention' && random.chance(0.3)
    const isTriedAgain =
      deps.abilities.canRetry && ['failed', 'partly_failed'].includes(task.status) && random.chance(0.4)
    if (!(isUndone || isTriedAgain) || !deps.mayFile()) continue
    const next = await fileAfter(deps, task, isUndone ? 'undo' : 'retry')
    if (next === null) continue
    accepted.push(next)
    await interfere(deps, next, random)
    await settle(deps, next.id, targets)
  }
  record.note(`a lane of ${targets.length} (${targets[0]?.kind}) is done`)
}

/** Files until it is accepted. Null where the targets can't be read at the moment, as far as the answer says. */
const file = async (deps: LaneDeps, move: Move, random: Random): Promise<Accepted | null> => {
  const { client, record } = deps
  const { operation, params } = move
  const body = {
    operation,
    params,
    targets: move.targets,
    ...(deps.abilities.canWave && random.chance(0.5) ? drawWaves(random) : {}),
    priority: random.pick([-10, 0, 0, 10]),
    ...(random.chance(0.05) ? { scheduledFor: new Date(Date.now() + random.integer(200, 3000)).toISOString() } : {}),
  }
  let until = performance.now() + deps.limitSeconds * 1000
  for (;;) {
    // A refusal is an answer: what is asked for after it is another request.
    const key = `chaos-${random.integer(0, 2 ** 50)}`
    const { status, body: answer } = await client.request('POST', '/tasks', body, { 'idempotency-key': key })
    if (status === 202) {
      const filed = { id: answer.id, operation, key, body, atMs: record.nowMs() }
      deps.accepted.push(filed)
      return filed
    }
    const why = `${status} ${answer.code}: ${JSON.stringify(answer.errors ?? answer.detail)}`
    // Where AWS can't be read, or what was taken back is still on its way, there is nothing to plan.
    if (status !== 409 || answer.code !== 'nothing_to_do') {
      record.find(`${operation} was refused: ${why}`)
      return null
    }
    // Nobody has to be able to plan while AWS can't be read.
    if (move.mayBeRefused || !deps.mayFile()) return null
    if (why.includes('could not be read')) until = performance.now() + deps.limitSeconds * 1000
    if (performance.now() > until) {
      record.find(`${operation} of ${JSON.stringify(move.targets)} was never accepted, last ${why}`)
      return null
    }
    await sleep(500)
  }
}

const drawWaves = (random: Random): object => ({
  waves: random.pick(['none', 'default', [1], [2, 0.5], [1, 0.2, 0.4]]),
  soakSeconds: random.pick([0, 0, 15]),
  ...(random.chance(0.5) ? { errorBudget: random.pick([null, 0, 0.5]) } : {}),
})

/** What somebody decides about a task while it is under way, if anybody does. */
const interfere = async (deps: LaneDeps, filed: Accepted, random: Random): Promise<void> => {
  const { client } = deps
  const decide = (verb: string, body: object = {}) => decideOn(deps, filed.id, verb, body)
  const task = await client.ok<Task>('GET', `/tasks/${filed.id}`)
  if (task.status === 'awaiting_approval') {
    const verb = random.weighted([
      ['approve', 8],
      ['reject', 1],
      ['cancel', 1],
    ] as const)
    const { planHash, approvals } = task.plan
    await decide(verb, verb === 'approve' ? { planHash, confirmation: approvals.confirmation ?? undefined } : {})
  }
  const what = random.weighted([
    ['nothing', 12],
    ['cancel', 2],
    ['pause and resume', 2],
    ['pause and cancel', 1],
  ] as const)
  if (what === 'nothing') return
  await sleep(random.integer(0, 1200))
  if (what === 'cancel') return decide('cancel')
  await decide('pause')
  await sleep(random.integer(50, 1500))
  await decide(what === 'pause and cancel' ? 'cancel' : 'resume')
}

/** A decision, or the plain refusal of one that comes too late. */
const decideOn = async ({ client, record }: LaneDeps, id: string, verb: string, body: object): Promise<void> => {
  const { status, body: answer } = await client.request('POST', `/tasks/${id}/${verb}`, body)
  if (status === 200 || (status === 409 && ['task_state', 'already_decided'].includes(answer.code))) return
  record.find(`${verb} gave ${status} ${JSON.stringify(answer)}`, id)
}

/** These have no idempotency key: whether one that got no answer was filed, its origin says. */
const fileAfter = async (deps: LaneDeps, task: Task, verb: 'undo' | 'retry'): Promise<Accepted | null> => {
  const { client, record } = deps
  const { status, body } = await client.request('POST', `/tasks/${task.id}/${verb}`, {})
  const id: string | null =
    status === 202 ? body.id : followerOf(await client.ok<Task & Retried>('GET', `/tasks/${task.id}`), verb)
  if (id === null) {
    // Nothing can be read at the moment, or nothing of it can be done.
    if (status !== 409) record.find(`${verb} gave ${status} ${JSON.stringify(body)}`, task.id)
    return null
  }
  const { operation } = await client.ok<Task>('GET', `/tasks/${id}`)
  return { id, operation, key: null, body: null, atMs: record.nowMs() }
}

type Retried = { retries?: { task: string }[] }
const followerOf = (task: Task & Retried, verb: 'undo' | 'retry'): string | null =>
  verb === 'undo' ? task.undo.task : (task.retries?.[0]?.task ?? null)

/** Waits for the task's end and judges every item, and that nothing was done to what is none of its items. */
const settle = async (deps: LaneDeps, id: string, targets: readonly Known[]): Promise<Task> => {
  const { client, record } = deps
  const task = await deps.news.ended(id, deps.limitSeconds)
  const { items } = await client.ok<{ items: Item[] }>('GET', `/tasks/${id}/items?limit=500`)
  if (items.some(({ status }) => status === 'failed')) await sleep(deps.lateEffectsMs)
  for (const [known, counts] of await readCounts(client, targets)) {
    const delta = deltaOf(known.counts, counts)
    known.counts = counts
    const item = items.find(({ target }) => target.id === known.arn)
    if (item !== undefined) for (const what of judge(task.operation, item, known, delta)) record.find(what, id)
    else if ([...delta.values()].some(({ accepted }) => accepted > 0))
      record.find(`something was done to ${known.arn}, which is not an item: ${JSON.stringify([...delta])}`, id)
  }
  return task
}
