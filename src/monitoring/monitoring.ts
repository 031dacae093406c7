import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import type { Crypto } from '#security/crypto.ts'
import { createAlerts } from './alerts/alerts.ts'
import type { RaiseAlert } from './alerts/alerts.ts'
import { createChannels } from './channels/channels.ts'
import { createAnnounce } from './delivery/announce.ts'
import { createDeliver } from './delivery/deliver.ts'
import { createDeliveryLoop } from './delivery/loop.ts'
import { createTaskEventLoop } from './task-events/loop.ts'
import { createTell } from './task-events/tell.ts'
import type { DescribeTasks, PrincipalOf } from './task-events/tell.ts'
import { alertsHttp } from './http/alerts.ts'
import { channelsHttp } from './http/channels.ts'

export type { RaiseAlert }
export type { DescribeTasks, PrincipalOf }
export type { NewAlert } from './alerts/statements.ts'

/** Wakes the delivery loop of every process: something is in the outbox. */
const channel = 'notification_outbox'

export type Monitoring = {
  http: HttpService[]
  raiseAlert: RaiseAlert
  /** Resolves the unresolved alert of that key, if there is one; in the caller's transaction when one is given. */
  resolveAlert: (key: string, tx?: Transaction) => Promise<void>
  /** Starts the delivery of notifications; alerts can be raised without it. */
  start: () => void
  stop: () => Promise<void>
}

/** The monitoring service, as far as it goes: alerts, and webhooks that tell of them and of tasks. */
export const createMonitoring = (deps: {
  db: Database
  log: Log
  clock: Clock
  aws: Pick<Aws, 'accounts'>
  access: Access
  crypto: Pick<Crypto, 'seal' | 'open'>
  notifier: Notifier
  listener: Listener
  /** Who a channel's subscription to tasks reads as. */
  principalOf: PrincipalOf
  describeTasks: DescribeTasks
  /** Whether webhooks may be sent to loopback and private addresses, and unencrypted. Off unless set. */
  isPrivateAllowed?: boolean
}): Monitoring => {
  const { db, clock, aws, access, crypto, notifier, listener, isPrivateAllowed = false } = deps
  const log = deps.log.child({ box: 'monitoring' })
  const wake = (): void => notifier.nudge(channel)
  const announce = createAnnounce({ clock, wake })
  const alerts = createAlerts({ db, aws, access, notifier, announce })
  const onDisabled = async ({ id, name }: { id: string; name: string }, reason: string): Promise<void> => {
    await alerts.raise({
      key: `monitoring/channel/${id}`,
      severity: 'warning',
      title: `Notification channel "${name}" was switched off`,
      detail: `${reason} What waits for it is kept and goes out once it is switched on again.`,
      source: 'monitoring',
      subject: { type: 'Channel', id },
    })
  }
  const deliver = createDeliver({ db, clock, log, crypto, isPrivateAllowed, onDisabled })
  const loop = createDeliveryLoop({ db, clock, log, deliver })
  const { principalOf, describeTasks } = deps
  const taskEvents = createTaskEventLoop({
    db,
    clock,
    log,
    tell: createTell({ db, access, principalOf, describeTasks, wake, onDisabled }),
    onCutOff: async () => {
      await alerts.raise({
        key: 'monitoring/task-events/cut-off',
        severity: 'critical',
        title: 'Webhooks missed events of tasks',
        detail:
          'Events were dropped by their retention before they were told: no process with the role monitoring was there for days.',
        source: 'monitoring',
      })
    },
  })
  let unsubscribe: (() => void)[] = []

  return {
    http: [alertsHttp(alerts), channelsHttp(createChannels({ db, clock, crypto, deliver, isPrivateAllowed, wake }))],
    raiseAlert: alerts.raise,
    resolveAlert: alerts.resolveByKey,
    start: () => {
      unsubscribe = [
        listener.on(channel, loop.wake),
        listener.onReconnect(loop.wake),
        listener.on('events', taskEvents.wake),
      ]
      loop.start()
      taskEvents.start()
    },
    stop: async () => {
      for (const end of unsubscribe) end()
      await taskEvents.stop()
      await loop.stop()
    },
  }
}
