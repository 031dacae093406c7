import type { EC2Client } from '@aws-sdk/client-ec2'
import type { Send } from '../send/send.ts'

/** What every EC2 call needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type Ec2Context = {
  sdk: typeof import('@aws-sdk/client-ec2')
  client: EC2Client
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}
