import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Access, Action } from '#security/access.ts'

const cachedMs = 5_000
const maxEntries = 20_000

/** The action that a topic asks for; null for a topic that doesn't exist. */
export const actionOf = (topic: string): Action | null => {
  if (topic === 'tasks' || /^tasks\/[\w-]{1,64}$/.test(topic)) return 'task.read'
  if (topic === 'alerts') return 'alert.read'
  if (topic === 'resources') return 'resource.read'
  if (topic === 'schedules') return 'schedule.read'
  return null
}

/** What an action is about, in the words of the policies: an event stands for such a thing in one of its accounts. */
const subjects: Partial<Record<Action, 'Task' | 'Alert' | 'Account'>> = {
  'task.read': 'Task',
  'alert.read': 'Alert',
  'resource.read': 'Account',
}

/**
 * Who may see what, remembered for a few seconds: an event goes to many sockets of the same few users. An event of several
 * accounts is seen only by those who may read all of them.
 */
export const createRights = (decide: Access['decide'], clock: Pick<Clock, 'monotonicMs'>) => {
  const known = new Map<string, { answer: Promise<boolean>; untilMs: number }>()

  const ask = (principal: Principal, action: Action, account: string | null): Promise<boolean> => {
    const key = [principal.userId, principal.credentialId, principal.roles.join(), action, account].join(' ')
    const nowMs = clock.monotonicMs()
    const cached = known.get(key)
    if (cached !== undefined && cached.untilMs > nowMs) return cached.answer
    if (known.size >= maxEntries) known.clear()
    const answer = decide(
      principal,
      action,
      account === null ? undefined : { type: subjects[action] ?? 'Account', id: account, account },
    ).then(
      ({ allowed }) => allowed,
      () => {
        known.delete(key) // not decided: closed now, asked again for the next event
        return false
      },
    )
    known.set(key, { answer, untilMs: nowMs + cachedMs })
    return answer
  }

  return {
    maySubscribe: async (principal: Principal, topic: string): Promise<boolean> => {
      const action = actionOf(topic)
      return action !== null && ask(principal, action, null)
    },
    maySee: async (principal: Principal, topic: string, accounts: readonly string[]): Promise<boolean> => {
      const action = actionOf(topic)
      if (action === null) return false
      if (accounts.length === 0) return ask(principal, action, null)
      const answers = await Promise.all(accounts.map((account) => ask(principal, action, account)))
      return answers.every(Boolean)
    },
  }
}
export type Rights = ReturnType<typeof createRights>
