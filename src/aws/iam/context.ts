import type { IAMClient } from '@aws-sdk/client-iam'
import type { Send } from '../send/send.ts'

/** What every call of IAM needs: the SDK's module (loaded on first use), a client for the account, and our send. */
export type IamContext = {
  sdk: typeof import('@aws-sdk/client-iam')
  client: IAMClient
  send: Send
  account: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}
