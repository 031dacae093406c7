import type { Alert } from '#contracts/alert.ts'
import type { Clock } from '#platform/clock.ts'
import type { Transaction } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { insertDeliveries, readWantingChannels } from './outbox.ts'

export type AlertEvent = 'alert.raised' | 'alert.acknowledged' | 'alert.resolved'

/** Puts what happened to an alert into the outbox of every channel that wants to hear of it, in the alert's transaction. */
export type Announce = (tx: Transaction, event: AlertEvent, alert: Alert) => Promise<void>

/** What a receiver gets: a type, when it happened, and what it is about (the envelope of Standard Webhooks). */
export const webhookBody = (event: string, at: Date, data: unknown): string =>
  JSON.stringify({ type: event, timestamp: at.toISOString(), data })

export const createAnnounce =
  ({ clock, wake }: { clock: Clock; wake: () => void }): Announce =>
  async (tx, event, alert) => {
    const channels = await readWantingChannels(tx, alert.severity)
    if (channels.length === 0) return
    const body = webhookBody(event, clock.now(), alert)
    await insertDeliveries(
      tx,
      channels.map((channelId) => ({ id: uuidv7(), channelId, event, body })),
    )
    tx.afterCommit(wake)
  }
