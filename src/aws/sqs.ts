import type { Call } from './call.ts'

/** A message that was received and is hidden from others for a while; `handle` is what it is deleted by. */
export type QueueMessage = { body: string; handle: string }

/** SQS of one account and Region. */
export type Sqs = {
  /** Waits up to 20 s for messages; 10 at most. They come back unless they are deleted within `hiddenForSeconds`. */
  receive: (call: Call, queueUrl: string, hiddenForSeconds: number) => Promise<QueueMessage[]>
  /** Up to 10. What is gone already is no error; what could not be deleted comes back. */
  delete: (call: Call, queueUrl: string, handles: readonly string[]) => Promise<void>
}
