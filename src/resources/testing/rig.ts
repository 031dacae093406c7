import type { Principal } from '#contracts/principal.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import { createResources } from '../resources.ts'
import type { Resources } from '../resources.ts'
import type { FakeAws } from './fake-aws.ts'

export const operator: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'operator@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

/** Allows everything but what a test denies by account. */
export const createFakeAccess = (): Access & { denied: Set<string> } => {
  const denied = new Set<string>()
  const decide: Access['decide'] = async (_principal, _action, resource) => ({
    allowed: !denied.has(resource?.account ?? ''),
    reasons: [],
  })
  return { denied, decide, require: async () => {} }
}

/**
 * The resource service over a real database and a cloud in memory. `wake` is what a notification of another process does, and
 * `reconnect` a connection that was lost in between: whatever is in memory may be wrong.
 */
export const createRig = (db: Database, fake: FakeAws) => {
  const nudges: string[] = []
  const wakes = new Set<() => void>()
  const reconnects = new Set<() => void>()
  const reconnect = (): void => {
    for (const callback of reconnects) callback()
  }
  const notifier: Notifier = { nudge: (channel) => void nudges.push(channel) }
  const listener: Listener = {
    on: (_channel, callback) => {
      wakes.add(() => callback(''))
      return () => wakes.clear()
    },
    onReconnect: (callback) => {
      reconnects.add(callback)
      return () => void reconnects.delete(callback)
    },
    close: async () => {},
  }
  const wake = (): void => {
    for (const callback of wakes) callback()
  }
  const access = createFakeAccess()
  const log = createLog({ level: 'silent' })
  const cache = createCache({ memoryBytes: 1024 * 1024, log })
  const resources: Resources = createResources({
    db,
    log,
    clock: systemClock,
    aws: fake.aws,
    access,
    notifier,
    listener,
    describeTasks: async (ids) =>
      new Map(ids.map((id) => [id, { operation: 'ec2.stop', requestedBy: { email: 'operator@example.com' } }])),
    cache,
  })
  return { resources, access, nudges, wake, reconnect }
}
