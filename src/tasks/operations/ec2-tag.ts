import { z } from 'zod'
import type { LiveTarget, Operation } from '../operation.ts'
import {
  countTags,
  goneGuard,
  mostTags,
  readTags,
  riskOfTags,
  tagKeySchema,
  tagSteps,
  tagsWith,
  tagValueSchema,
  warnOfTags,
} from './ec2/tags.ts'

const params = z.strictObject({
  tags: z
    .record(tagKeySchema, tagValueSchema)
    .refine((tags) => Object.keys(tags).length > 0, { error: 'Give at least one tag.' })
    .refine((tags) => Object.keys(tags).length <= mostTags, { error: `An instance can have ${mostTags} tags at most.` })
    .describe('Keys and values to set. A key that exists gets the new value; other tags stay.'),
})
type Params = z.infer<typeof params>

const read = readTags<Params>(({ tags }) => Object.keys(tags))

const guard = (target: LiveTarget, { tags }: Params): string | null => {
  const count = countTags(tagsWith(target.tags, { tags }))
  return goneGuard(target) ?? (count > mostTags ? `would have ${count} tags; AWS allows ${mostTags}` : null)
}

export const ec2Tag: Operation<Params> = {
  name: 'ec2.tag',
  version: 1,
  title: 'Set tags',
  description: 'Sets tags of EC2 instances; tags that are not named stay as they are.',
  targetType: 'ec2.instance',
  params,
  risk: 'R1',
  riskOf: riskOfTags,
  undo: {
    label: 'exact',
    images: true,
    note: 'Every touched tag gets its previous value back, or is removed where it was absent.',
    inverse: (given) => ({ operation: 'ec2.tag', params: given }),
  },
  maxTargets: 10_000,
  batchSize: 200,
  iamActions: ['ec2:DescribeInstances', 'ec2:CreateTags', 'ec2:DeleteTags'],
  read,
  guard,
  warn: warnOfTags,
  desired: (_before, { tags }) => ({ tags }),
  monthlyCostDeltaUsd: () => 0,
  calls: [{ service: 'ec2', action: 'CreateTags' }],
  typicalWaitSeconds: () => 0,
  steps: tagSteps(read),
}
