import assert from 'node:assert/strict'
import type { SandboxEffect } from '#contracts/sandbox.ts'
import type { Task } from '#contracts/task.ts'
import type { QueueState } from '#contracts/queue.ts'
import type { Freshness } from '#contracts/resource.ts'
import { isFinal } from '#contracts/task.ts'
import type { Client } from './client.ts'
import { waitFor } from './wait-for.ts'

/** A task that sets a tag of one instance to a value that no other task sets. */
export type TagTask = { id: string; instance: string; value: string }

type Page = { items: { id: string }[]; nextCursor: string | null; freshness: Freshness }

/** As many instances as asked for, by ARN, once the inventory has them all. */
export const instances = async (admin: Client, count: number, query = 'type:ec2.instance'): Promise<string[]> => {
  const page = (cursor: string | null): Promise<Page> => {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    return admin.ok<Page>('GET', `/resources?q=${encodeURIComponent(query)}&limit=500${after}`)
  }
  let last = await waitFor('the inventory', async () => {
    const first = await page(null)
    return first.freshness.partial.length === 0 && first
  })
  const found = [...last.items]
  while (found.length < count && last.nextCursor !== null) {
    last = await page(last.nextCursor)
    found.push(...last.items)
  }
  assert.ok(found.length >= count, `${count} instances were asked for, the sandbox has ${found.length}`)
  return found.slice(0, count).map(({ id }) => id)
}

/** Files one task for each instance: check, apply, verify. */
export const fileTagTasks = (admin: Client, targets: readonly string[], tag = 'round'): Promise<TagTask[]> =>
  inParallel(targets, async (instance, index) => {
    const value = `value-${index}`
    const { id } = await admin.file({
      operation: 'ec2.tag',
      targets: { ids: [instance] },
      params: { tags: { [tag]: value } },
    })
    return { id, instance, value }
  })

/** A few at a time, answers in the order of what was given. */
export const inParallel = async <T, R>(
  given: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  width = 8,
): Promise<R[]> => {
  const results: R[] = []
  let next = 0
  const run = async (): Promise<void> => {
    for (let index = next++; index < given.length; index = next++) {
      results[index] = await work(given[index]!, index) // an index of this very list
    }
  }
  await Promise.all(Array.from({ length: width }, run))
  return results
}

/** How many tasks are not over yet. */
export const liveTasks = async (admin: Client): Promise<number> => {
  const { tasks } = await admin.ok<QueueState>('GET', '/queue')
  return Object.values(tasks).reduce((sum, count) => sum + count, 0)
}

/** Waits until no task is left and returns all of them as they ended. */
export const allEnded = async (admin: Client, ids: readonly string[], seconds?: number): Promise<Task[]> => {
  await waitFor('all tasks to end', async () => (await liveTasks(admin)) === 0, seconds)
  const tasks = await inParallel(ids, (id) => admin.task(id))
  assert.ok(tasks.every((task) => isFinal(task.status)))
  return tasks
}

export const statusesOf = (tasks: readonly Task[]): Record<string, number> =>
  tasks.reduce<Record<string, number>>((sums, { status }) => ({ ...sums, [status]: (sums[status] ?? 0) + 1 }), {})

/** How often that call was accepted for an instance, and how often it changed something. */
export const effectsOn = async (
  admin: Client,
  action: string,
  targets: readonly string[],
): Promise<Map<string, Pick<SandboxEffect, 'accepted' | 'changed'>>> => {
  const { items } = await admin.ok<{ items: SandboxEffect[] }>('GET', '/sandbox/effects')
  const of = new Map(items.filter((effect) => effect.action === action).map((effect) => [effect.resource, effect]))
  return new Map(
    targets.map((target) => {
      const { accepted = 0, changed = 0 } = of.get(target.split('/').at(-1) ?? '') ?? {}
      return [target, { accepted, changed }]
    }),
  )
}

/**
 * The effect is there once on every instance. It may have been asked for again: where an answer was lost, or came too late for
 * a worker that was starved. What can't be asked for twice without harm is held to the number of its calls, by its own test.
 */
export const assertOnce = async (admin: Client, action: string, targets: readonly string[]): Promise<void> => {
  const wrong = [...(await effectsOn(admin, action, targets))].filter(([, { changed }]) => changed !== 1)
  assert.deepEqual(wrong, [], `${action} changed each instance exactly once`)
}

/** What no crash may break: every task succeeded, and each instance was changed once. */
export const assertTagged = async (admin: Client, filed: readonly TagTask[], seconds?: number): Promise<void> => {
  const tasks = await allEnded(
    admin,
    filed.map((task) => task.id),
    seconds,
  )
  const failed = tasks.find((task) => task.status !== 'succeeded')
  const why = failed === undefined ? '' : JSON.stringify((await admin.items(failed.id)).items)
  assert.deepEqual(statusesOf(tasks), { succeeded: filed.length }, why)
  await assertOnce(
    admin,
    'CreateTags',
    filed.map((task) => task.instance),
  )
}

/** Makes the sandbox fail, and tells how many calls that has hit. */
export const addFault = async (
  admin: Client,
  fault: Record<string, unknown>,
): Promise<{ hits: () => Promise<number>; remove: () => Promise<void> }> => {
  const { id } = await admin.ok<{ id: string }>('POST', '/sandbox/faults', fault)
  return {
    hits: async () => {
      const { items } = await admin.ok<{ items: { id: string; hits: number }[] }>('GET', '/sandbox/faults')
      return items.find((item) => item.id === id)?.hits ?? 0
    },
    remove: () => admin.ok('DELETE', `/sandbox/faults/${id}`),
  }
}
