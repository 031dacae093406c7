import { z } from 'zod'
import type { Operation } from '../operation.ts'
import { goneGuard, mostTags, readTags, riskOfTags, tagKeySchema, tagSteps, warnOfTags } from './ec2/tags.ts'

const params = z.strictObject({
  keys: z
    .array(tagKeySchema)
    .min(1)
    .max(mostTags)
    .transform((keys) => [...new Set(keys)].sort())
    .describe('Keys of the tags to remove, whatever their value.'),
})
type Params = z.infer<typeof params>

const read = readTags<Params>(({ keys }) => keys)

export const ec2Untag: Operation<Params> = {
  name: 'ec2.untag',
  version: 1,
  title: 'Remove tags',
  description: 'Removes tags from EC2 instances by their keys.',
  targetType: 'ec2.instance',
  params,
  risk: 'R1',
  riskOf: riskOfTags,
  undo: {
    label: 'exact',
    images: true,
    note: 'Every removed tag comes back with the value that it had on that instance.',
    inverse: (given) => ({ operation: 'ec2.untag', params: given }),
  },
  maxTargets: 10_000,
  batchSize: 200,
  iamActions: ['ec2:DescribeInstances', 'ec2:CreateTags', 'ec2:DeleteTags'],
  read,
  guard: goneGuard,
  warn: warnOfTags,
  desired: (_before, { keys }) => ({ tags: Object.fromEntries(keys.map((key) => [key, null])) }),
  monthlyCostDeltaUsd: () => 0,
  calls: [{ service: 'ec2', action: 'DeleteTags' }],
  typicalWaitSeconds: () => 0,
  steps: tagSteps(read),
}
