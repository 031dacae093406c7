import type { CloudControlClient } from '@aws-sdk/client-cloudcontrol'
import type { Send } from '../send/send.ts'

/** What every call of Cloud Control needs: the SDK's module, a client for the account and Region, and our send. */
export type CloudControlContext = {
  sdk: typeof import('@aws-sdk/client-cloudcontrol')
  client: CloudControlClient
  send: Send
}
