import type { LambdaClient } from '@aws-sdk/client-lambda'
import type { Send } from '../send/send.ts'

/** What every call of Lambda needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type LambdaContext = {
  sdk: typeof import('@aws-sdk/client-lambda')
  client: LambdaClient
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}

/** How Lambda says that there is none. */
export const notFound = 'ResourceNotFoundException'
