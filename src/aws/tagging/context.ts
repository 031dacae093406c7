import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api'
import type { Send } from '../send/send.ts'

/** What every call of the tagging API needs: the SDK's module, a client for the account and Region, and our send. */
export type TaggingContext = {
  sdk: typeof import('@aws-sdk/client-resource-groups-tagging-api')
  client: ResourceGroupsTaggingAPIClient
  send: Send
}
