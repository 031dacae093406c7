import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import type { Send } from '../send/send.ts'

/** What every call of Auto Scaling needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type AutoScalingContext = {
  sdk: typeof import('@aws-sdk/client-auto-scaling')
  client: AutoScalingClient
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}
