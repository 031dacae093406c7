import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Send } from '../send/send.ts'
import type { Sqs } from '../sqs.ts'

/** The API's largest batch and longest wait. */
const batchSize = 10
const waitSeconds = 20

/** SQS of one account and Region. */
export const createSqs = ({
  sdk,
  client,
  send,
}: {
  sdk: typeof import('@aws-sdk/client-sqs')
  client: SQSClient
  send: Send
}): Sqs => ({
  receive: async (call, queueUrl, hiddenForSeconds) => {
    const command = new sdk.ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: hiddenForSeconds,
    })
    const output = await send({ action: 'ReceiveMessage', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    return (output.Messages ?? []).flatMap(({ Body: body, ReceiptHandle: handle }) =>
      handle === undefined ? [] : [{ body: body ?? '', handle }],
    )
  },

  delete: async (call, queueUrl, handles) => {
    if (handles.length === 0) return
    const command = new sdk.DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: handles.map((handle, index) => ({ Id: String(index), ReceiptHandle: handle })),
    })
    await send({ action: 'DeleteMessageBatch', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  },
})
