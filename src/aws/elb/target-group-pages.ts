import type {
  DescribeTargetGroupsCommandInput,
  TargetGroup as SdkTargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Call } from '../call.ts'
import type { ElbContext } from './context.ts'

/** The API's largest page. */
const pageSize = 400

/** Target groups page by page: all, those of a load balancer, or those with these ARNs (with an unknown one among them, none). */
export async function* targetGroupPages(
  { sdk, client, send }: ElbContext,
  call: Call,
  which: Pick<DescribeTargetGroupsCommandInput, 'LoadBalancerArn' | 'TargetGroupArns'>,
): AsyncGenerator<SdkTargetGroup[]> {
  let marker: string | undefined
  do {
    const command = new sdk.DescribeTargetGroupsCommand({
      ...(which.TargetGroupArns === undefined ? { PageSize: pageSize } : {}),
      ...which,
      ...(marker === undefined ? {} : { Marker: marker }),
    })
    const output = await send({ action: 'DescribeTargetGroups', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    yield output.TargetGroups ?? []
    marker = output.NextMarker
  } while (marker)
}
