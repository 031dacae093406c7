import type {
  Channel,
  ChannelChanges,
  ChannelTest,
  DeliveryView,
  NewChannel,
  TaskWebhookEvent,
  TaskWebhookFilter,
} from '#contracts/alert.ts'
import { countedTo } from '#contracts/list.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import { isUuid, uuidShape, uuidv7 } from '#platform/ids.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import type { Crypto } from '#security/crypto.ts'
import type { Asker } from '../alerts/alerts.ts'
import { refusalOfUrl } from '../delivery/address.ts'
import { webhookBody } from '../delivery/announce.ts'
import { deliveryLeaseSeconds } from '../delivery/deliver.ts'
import type { Deliver } from '../delivery/deliver.ts'
import { countDeliveries, listDeliveries, readDelivery, repeatDelivery } from '../delivery/delivery-log.ts'
import { claimDelivery, insertDeliveries } from '../delivery/outbox.ts'
import { newSecret } from '../delivery/sign.ts'
import { errors } from '../errors.ts'
import { secretContext } from './secret.ts'
import {
  countChannels,
  deleteChannel,
  insertChannel,
  listChannels,
  readChannel,
  subscribeToTasks,
  updateChannel,
} from './statements.ts'

export type Channels = {
  list: (page: PageQuery) => Promise<List<Channel>>
  /** The only time that the secret is told. */
  create: (asker: Asker, channel: NewChannel) => Promise<Channel & { secret: string }>
  update: (asker: Asker, id: string, changes: ChannelChanges) => Promise<Channel>
  remove: (asker: Asker, id: string) => Promise<void>
  /** What was sent to it in the last days, newest first. */
  deliveries: (
    id: string,
    query: { limit: number; cursor?: string | undefined; status?: DeliveryView['status'] | undefined },
  ) => Promise<List<DeliveryView>>
  /** Sends the same message again, under the same id: its receiver may know it. */
  redeliver: (asker: Asker, id: string, deliveryId: string) => Promise<DeliveryView>
  /** Sends a test message now, once, and tells what the receiver said. */
  test: (asker: Asker, id: string) => Promise<ChannelTest>
}

export const createChannels = (deps: {
  db: Database
  clock: Clock
  crypto: Pick<Crypto, 'seal'>
  deliver: Deliver
  isPrivateAllowed: boolean
  /** Something is due in the outbox. */
  wake: () => void
}): Channels => {
  const { db, clock, crypto, deliver, isPrivateAllowed, wake } = deps

  const requireUrl = (url: string | undefined): void => {
    const refusal = url === undefined ? null : refusalOfUrl(url, isPrivateAllowed)
    if (refusal === null) return
    throw errors.channel_url_refused(`Notifications can't be sent there. ${refusal}`, {
      errors: [{ path: 'url', message: refusal }],
    })
  }
  const notFound = (id: string) => errors.channel_not_found(`There is no notification channel "${id.slice(0, 100)}".`)
  const existing = async (id: string): Promise<Channel> => {
    const channel = isUuid(id) ? await readChannel(db, id) : undefined
    if (channel === undefined) throw notFound(id)
    return channel
  }
  /** The URL itself can be a secret (many services put one into it): only its host is recorded. */
  const audit = (
    tx: Transaction,
    { principal, requestId }: Asker,
    verb: string,
    id: string,
    details: { url?: string | undefined; [key: string]: unknown },
  ) => {
    const { url, ...rest } = details
    return appendAudit(tx, [
      {
        actor: actorOf(principal),
        action: `channel.${verb}`,
        subject: { type: 'Channel', id },
        outcome: 'succeeded',
        requestId,
        details: { ...rest, ...(url === undefined ? {} : { host: new URL(url).host }) },
      },
    ])
  }

  const subscribe = (
    tx: Transaction,
    { principal }: Asker,
    id: string,
    events: readonly TaskWebhookEvent[],
    filter: TaskWebhookFilter,
  ) =>
    subscribeToTasks(tx, id, {
      events: [...new Set(events)],
      filter,
      owner: { id: principal.userId, email: principal.email },
      scopes: principal.scopes,
    })

  return {
    deliveries: async (id, { limit, cursor, status }) => {
      const { id: channelId } = await existing(id)
      const beforeId = decodePosition(cursor, uuidShape)
      const [rows, count] = await Promise.all([
        listDeliveries(db, channelId, { status: status ?? null, beforeId, limit: limit + 1 }),
        countDeliveries(db, channelId, status ?? null, countedTo + 1),
      ])
      const { page, nextCursor } = pageOf(rows, limit, (delivery) => [delivery.id])
      return { items: page, nextCursor, total: totalOf(count) }
    },

    redeliver: async (asker, id, deliveryId) => {
      const { name } = await existing(id)
      const unknown = () =>
        errors.delivery_not_found(`Channel "${name}" has no delivery "${deliveryId.slice(0, 100)}".`)
      const delivery = isUuid(deliveryId) ? await readDelivery(db, id, deliveryId) : undefined
      if (delivery === undefined) throw unknown()
      await db.transaction(async (tx) => {
        if (!(await repeatDelivery(tx, deliveryId)))
          throw errors.delivery_state('That delivery is not over: it is tried again by itself.')
        await audit(tx, asker, 'redeliver', id, { name, delivery: deliveryId, event: delivery.event })
        tx.afterCommit(wake)
      })
      return (await readDelivery(db, id, deliveryId)) ?? delivery
    },

    list: async ({ limit, cursor }) => {
      const rows = await listChannels(db, decodePosition(cursor, uuidShape), limit + 1)
      const { page, nextCursor } = pageOf(rows, limit, (channel) => [channel.id])
      return { items: page, nextCursor, total: { value: await countChannels(db), relation: 'eq' } }
    },

    create: async (asker, { name, kind, url, alerts, minimumSeverity, taskEvents, taskFilter }) => {
      requireUrl(url)
      const id = uuidv7()
      const secret = newSecret()
      const sealedSecret = crypto.seal(secret, secretContext(id))
      await db.transaction(async (tx) => {
        await insertChannel(tx, { id, name, kind, url, alerts, minimumSeverity, sealedSecret })
        if (taskEvents.length > 0) await subscribe(tx, asker, id, taskEvents, taskFilter)
        await audit(tx, asker, 'create', id, { name, kind, url, alerts, minimumSeverity, taskEvents, taskFilter })
      })
      return { ...(await existing(id)), secret }
    },

    update: async (asker, id, changes) => {
      const before = await existing(id)
      requireUrl(changes.url)
      await db.transaction(async (tx) => {
        if (!(await updateChannel(tx, id, changes))) throw notFound(id)
        // To another address, too: whoever says where it goes answers for what may go there.
        if (changes.taskEvents !== undefined || changes.taskFilter !== undefined || changes.url !== undefined) {
          const { taskEvents = before.taskEvents, taskFilter = before.taskFilter } = changes
          await subscribe(tx, asker, id, taskEvents, taskFilter)
        }
        await audit(tx, asker, 'update', id, changes)
      })
      return existing(id)
    },

    remove: async (asker, id) => {
      const { name } = await existing(id)
      await db.transaction(async (tx) => {
        if (!(await deleteChannel(tx, id))) throw notFound(id)
        await audit(tx, asker, 'remove', id, { name })
      })
    },

    test: async (asker, id) => {
      const { name } = await existing(id)
      const deliveryId = uuidv7()
      const data = { channel: { id, name }, message: 'This is a test message of AWS Orchestrator.' }
      const body = webhookBody('channel.test', clock.now(), data)
      const delivery = await db.transaction(async (tx) => {
        await insertDeliveries(tx, [{ id: deliveryId, channelId: id, event: 'channel.test', body }])
        await audit(tx, asker, 'test', id, { name })
        return claimDelivery(tx, deliveryId, deliveryLeaseSeconds)
      })
      if (delivery === undefined) throw notFound(id)
      const began = clock.monotonicMs()
      const { status, error } = await deliver(delivery, { isLast: true })
      return { delivered: error === null, status, milliseconds: Math.round(clock.monotonicMs() - began), error }
    },
  }
}
