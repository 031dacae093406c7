import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { Crypto } from '#security/crypto.ts'
import { secretContext } from '../channels/secret.ts'
import { disableChannel, recordAttempt } from './outbox.ts'
import type { Delivery } from './outbox.ts'
import { isSuccess, post } from './post.ts'
import type { Answer } from './post.ts'
import { signatureHeaders } from './sign.ts'

/** Seconds between attempts, as Standard Webhooks recommends: for three days, then the delivery has failed. */
const delays = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
const timeoutMs = 10_000
/** "Gone": the receiver asks to be left alone. */
const gone = 410

export type Deliver = (delivery: Delivery, options?: { isLast?: boolean }) => Promise<Answer>

/** Makes one attempt of a delivery and records what came of it. */
export const createDeliver =
  (deps: { db: Database; clock: Clock; log: Log; crypto: Pick<Crypto, 'open'>; isPrivateAllowed: boolean }): Deliver =>
  async (delivery, { isLast = false } = {}) => {
    const { db, clock, log, crypto, isPrivateAllowed } = deps
    const attempt = async (): Promise<Answer> => {
      const secret = crypto.open(delivery.sealedSecret, secretContext(delivery.channelId)).toString('utf8')
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'aws-orchestrator',
        ...signatureHeaders(secret, delivery.id, clock.now(), delivery.body),
      }
      return post(delivery.url, headers, delivery.body, { isPrivateAllowed, timeoutMs })
    }
    const answer = await attempt().catch((error: unknown): Answer => {
      log.error({ err: error, channel: delivery.channelId }, 'a notification could not be signed')
      return { status: null, error: 'The secret of the channel could not be read; the log has more.' }
    })
    const delaySeconds = delays[delivery.attempts - 1]
    if (answer.status !== null && isSuccess(answer.status)) await recordAttempt(db, delivery.id, 'delivered', answer)
    else if (isLast || answer.status === gone || delaySeconds === undefined)
      await recordAttempt(db, delivery.id, 'failed', answer)
    else await recordAttempt(db, delivery.id, { nextInSeconds: delaySeconds }, answer)
    if (answer.status === gone) await disableChannel(db, delivery.channelId, 'The receiver answered 410 Gone.')
    return answer
  }

/** Longer than one attempt can take, so that no other process makes the same one meanwhile. */
export const deliveryLeaseSeconds = (timeoutMs / 1000) * 3
