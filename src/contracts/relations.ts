import { z } from 'zod'
import { freshnessSchema, resourceSchema } from './resource.ts'

export const relationsQuerySchema = z.object({
  depth: z.coerce
    .number()
    .int()
    .min(1)
    .max(3)
    .default(1)
    .describe(
      'How many steps from one to the next; 2 and 3 don’t go on through what many share (networks, images, roles)',
    ),
})

export const relationSchema = z.object({
  kind: z.string().describe('What the other one is to the one it was reached from: "volume", "attached-to", "alarm"'),
  resource: resourceSchema,
  depth: z.int().min(1),
  from: z.string().describe('The ARN of the one that it was reached from'),
})

export const ownerSchema = z
  .object({
    kind: z.enum(['cloudformation', 'cdk', 'terraform', 'auto-scaling', 'eks', 'kubernetes', 'ecs', 'beanstalk']),
    id: z.string(),
    evidence: z.string().describe('Why that is believed'),
  })
  .meta({ id: 'ResourceOwner', description: 'What made a resource, and would make it again or set a change back' })

export const relationsSchema = z
  .object({
    items: z.array(relationSchema),
    unresolved: z
      .array(z.object({ kind: z.string(), id: z.string(), type: z.string(), from: z.string() }))
      .describe('What is referred to and not in the inventory: of another account, a public image, something gone'),
    owners: z.array(ownerSchema),
    isCut: z.boolean().describe('There is more than is shown'),
    freshness: freshnessSchema,
  })
  .meta({ id: 'ResourceRelations' })
export type Relations = z.infer<typeof relationsSchema>
