import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Send } from '../send/send.ts'

/** What every CloudWatch call needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type CloudWatchContext = {
  sdk: typeof import('@aws-sdk/client-cloudwatch')
  client: CloudWatchClient
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}
