import type { Call } from '../call.ts'
import { batchesOf } from '../ec2/batches.ts'
import { toTags } from '../ec2/tags.ts'
import type { ElbContext } from './context.ts'
import { known } from './known.ts'

/** ARNs that a call names at most. */
export const mostNamed = 20

/** Tags by ARN. What is gone since it was listed has none. */
export const tagsOf = async (
  { sdk, client, send }: ElbContext,
  call: Call,
  arns: readonly string[],
): Promise<Map<string, Record<string, string>>> => {
  const found = new Map<string, Record<string, string>>()
  for (const batch of batchesOf(arns, mostNamed)) {
    const descriptions = await known(batch, async (some) => {
      const command = new sdk.DescribeTagsCommand({ ResourceArns: [...some] })
      const output = await send({ action: 'DescribeTags', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return output.TagDescriptions ?? []
    })
    for (const { ResourceArn, Tags } of descriptions) found.set(ResourceArn ?? '', toTags(Tags))
  }
  return found
}
