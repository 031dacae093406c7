import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { Crypto } from '#security/crypto.ts'
import { secretContext } from '../channels/secret.ts'
import { disableChannel, lockOrder, noteReceiver, recordAttempt, releaseNext } from './outbox.ts'
import type { Delivery } from './outbox.ts'
import { isSuccess, post } from './post.ts'
import type { Answer } from './post.ts'
import { signatureHeaders } from './sign.ts'

/** Seconds between attempts, as Standard Webhooks recommends: for three days, then the delivery has failed. */
const delays = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** What keeps an order holds up what comes after it: a day in all. */
const delaysInOrder = [5, 60, 300, 1800, 7200, 18_000, 28_800, 30_235]
/** A receiver that took nothing for so long is switched off. */
const longestFailureMs = 3 * 86_400_000
const timeoutMs = 10_000
/** "Gone": the receiver asks to be left alone. */
const gone = 410

export type Deliver = (delivery: Delivery, options?: { isLast?: boolean }) => Promise<Answer>

/** Makes one attempt of a delivery and records what came of it. */
export const createDeliver =
  (deps: {
    db: Database
    clock: Clock
    log: Log
    crypto: Pick<Crypto, 'open'>
    isPrivateAllowed: boolean
    onDisabled: (channel: { id: string; name: string }, reason: string) => Promise<void>
  }): Deliver =>
  async (delivery, { isLast = false } = {}) => {
    const { db, clock, log, crypto, isPrivateAllowed, onDisabled } = deps
    const attempt = async (): Promise<Answer> => {
      const secret = crypto.open(delivery.sealedSecret, secretContext(delivery.channelId)).toString('utf8')
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'aws-orchestrator',
        ...signatureHeaders(secret, delivery.id, clock.now(), delivery.body),
      }
      return post(delivery.url, headers, delivery.body, { isPrivateAllowed, timeoutMs })
    }
    const record = async (one: Delivery, answer: Answer, isTaken: boolean, isFinal: boolean): Promise<void> => {
      const delaySeconds = (one.orderKey === null ? delays : delaysInOrder)[one.attempts - 1]
      const isOver = isTaken || isFinal || answer.status === gone || delaySeconds === undefined
      const outcome = isTaken ? 'delivered' : isOver ? 'failed' : { nextInSeconds: delaySeconds }
      const { orderKey } = one
      if (orderKey === null || !isOver) return recordAttempt(db, one.id, outcome, answer)
      await db.transaction(async (tx) => {
        await lockOrder(tx, one.channelId)
        await recordAttempt(tx, one.id, outcome, answer)
        await releaseNext(tx, one.channelId, orderKey)
      })
    }
    const noteState = async (channelId: string, answer: Answer, isTaken: boolean): Promise<void> => {
      const failingSince = await noteReceiver(db, channelId, isTaken)
      const isLong =
        failingSince !== null && !isTaken && clock.now().getTime() - failingSince.getTime() > longestFailureMs
      if (answer.status !== gone && !isLong) return
      const reason = isLong
        ? `Nothing could be delivered since ${failingSince.toISOString()}: ${answer.error ?? 'no answer'}`
        : 'The receiver answered 410 Gone.'
      const disabled = await disableChannel(db, channelId, reason)
      if (disabled !== undefined) await onDisabled({ id: channelId, name: disabled.name }, reason)
    }
    const answer = await attempt().catch((error: unknown): Answer => {
      log.error({ err: error, channel: delivery.channelId }, 'a notification could not be signed')
      return { status: null, error: 'The secret of the channel could not be read; the log has more.' }
    })
    const isTaken = answer.status !== null && isSuccess(answer.status)
    await record(delivery, answer, isTaken, isLast)
    await noteState(delivery.channelId, answer, isTaken)
    return answer
  }

/** Longer than one attempt can take, so that no other process makes the same one meanwhile. */
export const deliveryLeaseSeconds = (timeoutMs / 1000) * 3
