import { z } from 'zod'
import { listOf } from './list.ts'
import { riskSchema, undoLabelSchema } from './task.ts'

/** An operation of the catalogue, as forms, the command line and other programs need it. */
export const operationSchema = z
  .object({
    name: z.string().describe('For example "ec2.stop"'),
    version: z.int(),
    title: z.string(),
    description: z.string(),
    targetType: z.string().describe('The resource type that it works on'),
    targetsBy: z
      .enum(['resources', 'place'])
      .describe(
        'How its targets are named: by ids or a query, or by account and Region alone, the parameters say what',
      ),
    params: z.record(z.string(), z.unknown()).describe('JSON Schema (2020-12) of the parameters'),
    risk: riskSchema.describe('The least class; parameters, targets and their number may raise it'),
    undo: z.object({ label: undoLabelSchema, note: z.string().nullable() }),
    steps: z.array(z.object({ name: z.string(), kind: z.enum(['check', 'act', 'wait']), description: z.string() })),
    iamActions: z.array(z.string()).describe('What the role in the account must be allowed'),
    maxTargets: z.int(),
    batchSize: z.int().describe('Most targets that act together, by one call where the API takes several'),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Operation' })
export type OperationInfo = z.infer<typeof operationSchema>
export const operationListSchema = listOf(operationSchema)
