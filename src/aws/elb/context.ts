import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Send } from '../send/send.ts'

/** What every call of Elastic Load Balancing needs: the SDK's module (loaded on first use), a client for the account and Region, and our send. */
export type ElbContext = {
  sdk: typeof import('@aws-sdk/client-elastic-load-balancing-v2')
  client: ElasticLoadBalancingV2Client
  send: Send
  account: string
  region: string
  /** The partition of ARNs: aws, aws-cn, aws-us-gov. */
  partition: string
}

export const arnPrefix = ({ account, region, partition }: ElbContext): string =>
  `arn:${partition}:elasticloadbalancing:${region}:${account}:`
