import type { S3Client } from '@aws-sdk/client-s3'
import type { Send } from '../send/send.ts'

/** What every call of S3 needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type S3Context = {
  sdk: typeof import('@aws-sdk/client-s3')
  client: S3Client
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}
