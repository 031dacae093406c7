import type { Account } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import { createCrypto } from '#security/crypto.ts'
import { createMonitoring } from '../monitoring.ts'
import type { ToldTask } from '../task-events/tell.ts'

export const admin: Principal = {
  userId: '01920000-0000-7000-8000-000000000001',
  email: 'admin@localhost',
  roles: ['admin'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

const account = (id: string): Account => ({
  id,
  name: id,
  cloud: 'sandbox',
  regions: ['eu-west-1'],
  credentials: { kind: 'sandbox' },
  isProduction: false,
})

/** The monitoring service over a real database; `wake` is what the outbox's notification does. */
export const createRig = (db: Database, options: { isPrivateAllowed: boolean; access?: Access }) => {
  const denied = new Set<string>()
  const nudges: string[] = []
  const tasks = new Map<string, ToldTask>()
  const gone = new Set<string>()
  const listeners = new Map<string, () => void>()
  const access: Access = options.access ?? {
    decide: async (_principal, _action, resource) => ({ allowed: !denied.has(resource?.account ?? ''), reasons: [] }),
    require: async () => {},
  }
  const isNotNeeded = (): never => {
    throw new Error('monitoring only lists accounts')
  }
  const monitoring = createMonitoring({
    db,
    log: createLog({ level: 'silent' }),
    clock: systemClock,
    aws: {
      accounts: {
        list: async () => [account('111111111111'), account('222222222222')],
        get: isNotNeeded,
        create: isNotNeeded,
        update: isNotNeeded,
        remove: isNotNeeded,
        ensureFirst: isNotNeeded,
      },
    },
    access,
    crypto: createCrypto(Buffer.alloc(32, 7)),
    notifier: {
      nudge: (channel) => {
        nudges.push(channel)
        listeners.get(channel)?.()
      },
    },
    listener: {
      on: (channel, callback) => {
        listeners.set(channel, () => callback(''))
        return () => void listeners.delete(channel)
      },
      onReconnect: () => () => {},
      close: async () => {},
    },
    principalOf: async (userId) => (gone.has(userId) ? null : { ...admin, userId, via: 'system' }),
    describeTasks: async (ids) => new Map([...tasks].filter(([id]) => ids.includes(id))),
    isPrivateAllowed: options.isPrivateAllowed,
  })
  return {
    monitoring,
    denied,
    nudges,
    tasks,
    gone,
    wake: () => listeners.get('notification_outbox')?.(),
    /** As after a commit that wrote events. */
    news: () => listeners.get('events')?.(),
  }
}
