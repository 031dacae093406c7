import type { AuditRow, Verification } from '#contracts/audit.ts'
import type { LiveEvent } from '#contracts/live.ts'
import type { Item, ItemStatus, Task, TaskStatus } from '#contracts/task.ts'
import { finalItemStatuses, isFinal, itemTransitions, taskTransitions } from '#contracts/task.ts'
import { inParallel } from '../support/bulk.ts'
import { published } from '../support/follow.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Stubborn } from './client.ts'
import type { Record } from './findings.ts'
import type { Accepted } from './lane.ts'
import type { News } from './news.ts'
import { allOf } from './pages.ts'

/** A task as it ended, for the report. */
export type Ended = { accepted: Accepted; task: Task; items: Item[] }

type Deps = { client: Stubborn; record: Record; accepted: readonly Accepted[] }

/** Every accepted task: is there, is over, counts its items right, and went only where the tables allow. */
export const verifyTasks = ({ client, record, accepted }: Deps): Promise<Ended[]> =>
  inParallel(accepted, async (one) => {
    const task = await client.ok<Task>('GET', `/tasks/${one.id}`)
    const items = await allOf<Item>(client, `/tasks/${one.id}/items`)
    const events = await allOf<LiveEvent>(client, `/tasks/${one.id}/events`)
    const wrong = [...wrongEnd(task, items), ...wrongEvents(task, items, events)]
    for (const what of wrong) record.find(what, one.id)
    return { accepted: one, task, items }
  })

const wrongEnd = (task: Task, items: readonly Item[]): string[] => {
  const wrong: string[] = []
  const count = (...statuses: ItemStatus[]): number => items.filter(({ status }) => statuses.includes(status)).length
  if (!isFinal(task.status)) wrong.push(`it is ${task.status}, not over`)
  if (items.length !== task.progress.total) wrong.push(`it has ${items.length} items, not ${task.progress.total}`)
  for (const status of [...finalItemStatuses, 'pending', 'running', 'waiting'] as const)
    if (count(status) !== task.progress[status])
      wrong.push(`${count(status)} items are ${status}, it counts ${task.progress[status]}`)
  const done = count('succeeded', 'skipped')
  const cancelled = count('cancelled')
  const fits: { [status in TaskStatus]?: boolean } = {
    succeeded: done === items.length,
    partly_failed: done > 0 && done < items.length,
    failed: count('succeeded') === 0 && cancelled < items.length,
    cancelled: done < items.length,
    rejected: cancelled === items.length,
    expired: cancelled === items.length,
  }
  if (fits[task.status] !== true)
    wrong.push(`it ended as ${task.status} with ${JSON.stringify(items.map(({ status }) => status))}`)
  return wrong
}

type TaskNews = { status?: TaskStatus; items?: { id: string; status: ItemStatus }[] }

const wrongEvents = (task: Task, items: readonly Item[], events: readonly LiveEvent[]): string[] => {
  const wrong: string[] = []
  if (events[0]?.type !== 'task.created' || events.filter(({ type }) => type === 'task.created').length !== 1)
    wrong.push(`its events begin with ${events.slice(0, 2).map(({ type }) => type)}`)
  let status: TaskStatus | undefined
  const itemStatus = new Map<string, ItemStatus>()
  for (const { data, type } of events) {
    const news = data as TaskNews
    if (news.status !== undefined) {
      if (status !== undefined && isFinal(status)) wrong.push(`${type} says ${news.status} after it was ${status}`)
      else if (status !== undefined && status !== news.status && !taskTransitions[status].includes(news.status))
        wrong.push(`it went from ${status} to ${news.status}`)
      status = news.status
    }
    // Progress is told from a worker's memory, and one that comes back after its lease may tell it late.
    for (const { id, status: now } of type === 'task.progress' ? [] : (news.items ?? [])) {
      const before = itemStatus.get(id) ?? 'pending'
      // Not every step of an item is told, so what lies between two may be left out, but nothing comes after an end.
      if (itemTransitions[before].length === 0) wrong.push(`item ${id} is ${now} after it was ${before}`)
      else if (!reachable(before).has(now)) wrong.push(`item ${id} went from ${before} to ${now}`)
      itemStatus.set(id, now)
    }
  }
  if (status !== task.status) wrong.push(`its last event says ${status}, it is ${task.status}`)
  for (const { id, status: now } of items) {
    const told = itemStatus.get(id)
    if (told !== undefined && itemTransitions[told].length === 0 && told !== now)
      wrong.push(`item ${id} is ${now}, its events say ${told}`)
  }
  return wrong
}

/** Where an item can be after any number of allowed transitions. */
const reachable = (from: ItemStatus): Set<ItemStatus> => {
  const seen = new Set<ItemStatus>([from])
  for (const status of seen) for (const next of itemTransitions[status]) seen.add(next)
  return seen
}

/** The same key with the same body is the same task, with another body a conflict. */
export const verifyKeys = async ({ client, record, accepted }: Deps): Promise<void> => {
  const keyed = accepted.filter(({ key }) => key !== null).filter((_, index) => index % 7 === 0)
  await inParallel(keyed, async ({ id, key, body }) => {
    const headers = { 'idempotency-key': key }
    const again = await client.request('POST', '/tasks', body, headers)
    if (again.status !== 202 || again.body.id !== id)
      record.find(`its request, sent again, gave ${again.status} ${JSON.stringify(again.body)}`, id)
    const other = await client.request('POST', '/tasks', { ...body, reason: 'another one' }, headers)
    if (other.status !== 409 || other.body.code !== 'idempotency_conflict')
      record.find(`its key with another request gave ${other.status} ${JSON.stringify(other.body)}`, id)
  })
}

/** The chain is whole, and says of each task that it was filed, once, and of its changes only what the table allows. */
export const verifyAudit = async ({ client, record, accepted }: Deps): Promise<void> => {
  const rows = await allOf<AuditRow>(client, '/audit?action=task.*')
  const of = Map.groupBy(rows, ({ subject }) => subject.id)
  for (const { id } of accepted) {
    const own = (of.get(id) ?? []).filter(({ outcome }) => outcome === 'succeeded' || outcome === 'failed')
    const times = (action: string): number => own.filter((row) => row.action === action).length
    if (times('task.create') !== 1) record.find(`it is on record ${times('task.create')} times as filed`, id)
    for (const verb of ['approve', 'reject', 'cancel'])
      if (times(`task.${verb}`) > 1) record.find(`it is on record ${times(`task.${verb}`)} times as ${verb}`, id)
    for (const { action, details } of own) {
      const [from, to] = [details['from'], details['to']] as [TaskStatus | undefined, TaskStatus | undefined]
      if (from !== undefined && to !== undefined && from !== to && !taskTransitions[from]?.includes(to))
        record.find(`${action} took it from ${from} to ${to}`, id)
    }
  }
  await waitFor('the audit log to be sealed', async () => {
    const verification = await client.ok<Verification>('GET', '/audit/verify')
    if (verification.ok) return verification.unsealed.count === 0
    record.find(`the audit chain is broken: ${JSON.stringify(verification.firstBroken)}`)
    return true
  })
}

/** Who followed the feed through all of it has every event once, and so has who reads it again from the beginning. */
export const verifyFeed = async ({ client, record, accepted }: Deps, news: News): Promise<void> => {
  const events = published(news.events)
  const cursors = events.map(({ cursor }) => cursor)
  if (new Set(cursors).size !== cursors.length) record.find('the feed brought something twice')
  const created = Map.groupBy(
    events.filter(({ type }) => type === 'task.created'),
    ({ data }) => (data as { id: string }).id,
  )
  const ends = Map.groupBy(
    events.filter(({ data }) => isFinal((data as { status?: TaskStatus }).status ?? 'queued')),
    ({ data }) => (data as { id: string }).id,
  )
  for (const { id } of accepted) {
    if (created.get(id)?.length !== 1)
      record.find(`the feed told ${created.get(id)?.length ?? 0} times of its filing`, id)
    if (ends.get(id)?.length !== 1) record.find(`the feed told ${ends.get(id)?.length ?? 0} times of its end`, id)
  }
  const [first] = cursors
  if (first === undefined) return record.find('the feed brought nothing')
  const again = await client.live(['tasks'], first)
  const expected = cursors.slice(1)
  await waitFor('the feed from the beginning', () => published(again.events).length >= expected.length).catch(
    (error: unknown) => record.find((error as Error).message),
  )
  again.close()
  const got = published(again.events).map(({ cursor }) => cursor)
  const at = expected.findIndex((cursor, index) => got[index] !== cursor)
  if (at !== -1) record.find(`the feed read again has ${got[at]} where ${expected[at]} was told first`)
}
