import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { Send } from '../send/send.ts'

/** What every call of CloudWatch Logs needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type LogsContext = {
  sdk: typeof import('@aws-sdk/client-cloudwatch-logs')
  client: CloudWatchLogsClient
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}
