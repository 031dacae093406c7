import type { TaskWebhookEvent } from '#contracts/alert.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Risk } from '#contracts/task.ts'
import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { Access } from '#security/access.ts'
import { disableChannel, insertDeliveries, lockOrder } from '../delivery/outbox.ts'
import type { NewDelivery } from '../delivery/outbox.ts'
import { newsOf, nothingTold } from './news.ts'
import type { ToldState } from './news.ts'
import { forgetStates, listSubscribers, movePosition, readStates, readTaskEvents, writeStates } from './store.ts'
import type { LoggedEvent, Position, Subscriber } from './store.ts'

/** A task as channels are told of it. main.ts hands in where it comes from: monitoring knows no tasks. */
export type ToldTask = {
  operation: string
  risk: Risk
  accounts: string[]
  requestedBy: { id: string; email: string }
  reason: string | null
  planHash: string
  startedAt: Date | null
}
export type DescribeTasks = (ids: readonly string[]) => Promise<Map<string, ToldTask>>
/** The user as of now, narrowed to these scopes; null when nobody may act as them any more. */
export type PrincipalOf = (userId: string, scopes: readonly string[] | null) => Promise<Principal | null>

/** Of the payload. Goes up when a field changes its meaning or goes; new fields may come without. */
export const payloadVersion = 1
const batch = 500

/**
 * Puts what happened to tasks into the outbox of the channels that want to hear of it: reads the event log on from where it
 * stands, and moves that place in the transaction of the deliveries, so that nothing is missed and nothing told twice.
 * Returns whether there is more.
 */
export const createTell = (deps: {
  db: Database
  access: Pick<Access, 'decide'>
  principalOf: PrincipalOf
  describeTasks: DescribeTasks
  wake: () => void
  onDisabled: (channel: { id: string; name: string }, reason: string) => Promise<void>
}) => {
  const { db, access } = deps

  /** Subscribers with who they are; one whose owner is gone is switched off. */
  const subscribers = async (): Promise<{ channel: Subscriber; principal: Principal }[]> => {
    const found: { channel: Subscriber; principal: Principal }[] = []
    for (const channel of await listSubscribers(db)) {
      const principal = await deps.principalOf(channel.owner.id, channel.scopes)
      if (principal !== null) found.push({ channel, principal })
      else {
        const reason = `${channel.owner.email}, who subscribed it to tasks, is disabled or gone.`
        if (await disableChannel(db, channel.id, reason)) await deps.onDisabled(channel, reason)
      }
    }
    return found
  }

  /** Whoever may not read all accounts of a task doesn't hear of it, as in the live feed. */
  const createMayRead = () => {
    const known = new Map<string, boolean>()
    const ask = async (principal: Principal, account: string): Promise<boolean> => {
      const key = `${principal.userId} ${principal.scopes?.join() ?? ''} ${account}`
      const cached = known.get(key)
      if (cached !== undefined) return cached
      const { allowed } = await access.decide(principal, 'task.read', { type: 'Task', id: account, account })
      known.set(key, allowed)
      return allowed
    }
    return async (principal: Principal, accounts: readonly string[]): Promise<boolean> => {
      for (const account of accounts) if (!(await ask(principal, account))) return false
      return accounts.length > 0 || (await access.decide(principal, 'task.read')).allowed
    }
  }

  return async (holder: string, from: Position): Promise<{ isFull: boolean; told: number; isIdle: boolean }> => {
    const listening = await subscribers()
    if (listening.length === 0) return { isFull: false, told: 0, isIdle: true }
    const { events, last, isFull } = await readTaskEvents(db, from, batch)
    if (last === null) return { isFull: false, told: 0, isIdle: false }
    const ids = [...new Set(events.map(({ data }) => data.id))]
    const [tasks, states] =
      ids.length === 0 ? noTasks : await Promise.all([deps.describeTasks(ids), readStates(db, ids)])
    const mayRead = createMayRead()
    const deliveries: NewDelivery[] = []
    const changed = new Map<string, ToldState>()
    const over = new Set<string>()

    for (const event of events) {
      const { id } = event.data
      const before = changed.get(id) ?? states.get(id) ?? nothingTold
      const { news, state, isOver } = newsOf(event, before)
      if (state.isStarted !== before.isStarted || state.hasDrifted !== before.hasDrifted) changed.set(id, state)
      if (isOver) over.add(id)
      const task = tasks.get(id)
      if (task === undefined) continue // its retention is over already
      for (const name of news) {
        for (const { channel, principal } of listening) {
          if (!wants(channel, name, event, task) || !(await mayRead(principal, event.accounts))) continue
          const body = bodyOf(name, event, task)
          deliveries.push({ id: uuidv7(), channelId: channel.id, event: name, body, orderKey: id })
        }
      }
    }

    const isMine = await db.transaction(async (tx) => {
      if (!(await movePosition(tx, holder, from, last))) return false
      for (const channelId of [...new Set(deliveries.map((one) => one.channelId))].sort())
        await lockOrder(tx, channelId)
      if (deliveries.length > 0) await insertDeliveries(tx, deliveries)
      for (const id of over) changed.delete(id)
      if (changed.size > 0) await writeStates(tx, changed)
      if (over.size > 0) await forgetStates(tx, [...over])
      tx.afterCommit(() => deliveries.length > 0 && deps.wake())
      return true
    })
    return { isFull: isMine && isFull, told: isMine ? deliveries.length : 0, isIdle: false }
  }
}

const noTasks: [Map<string, ToldTask>, Map<string, ToldState>] = [new Map(), new Map()]

const wants = (channel: Subscriber, name: TaskWebhookEvent, event: LoggedEvent, task: ToldTask): boolean => {
  const { accounts = [], operations = [], risks = [] } = channel.filter
  if (!channel.events.includes(name) || event.at < channel.subscribedAt) return false
  // Of a task that began before anybody listened the log says again and again that it is running.
  if (name === 'task.started' && task.startedAt !== null && task.startedAt < channel.subscribedAt) return false
  return (
    (accounts.length === 0 || task.accounts.some((account) => accounts.includes(account))) &&
    (operations.length === 0 || operations.includes(task.operation)) &&
    (risks.length === 0 || risks.includes(task.risk))
  )
}

const bodyOf = (name: TaskWebhookEvent, event: LoggedEvent, task: ToldTask): string =>
  JSON.stringify({
    type: name,
    version: payloadVersion,
    id: `${event.xid}-${event.id}:${name}`,
    timestamp: event.at.toISOString(),
    data: {
      id: event.data.id,
      operation: task.operation,
      status: event.data.status,
      risk: task.risk,
      accounts: task.accounts,
      requestedBy: task.requestedBy,
      reason: task.reason,
      planHash: task.planHash,
      progress: event.data.progress ?? null,
      links: { self: `/api/v1/tasks/${event.data.id}`, console: `/tasks/${event.data.id}` },
    },
  })
