import type { Tag, TagSpecification } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { encodeId } from '../estate/ids.ts'
import type { Made } from '../made.ts'
import type { Change } from '../world.ts'
import type { HandlerContext } from './context.ts'
import { refuseTag } from './tag-rules.ts'

const prefixes = { snapshot: 'snap', image: 'ami' } as const
/** Instances are 1 and volumes 2. */
const idKinds = { snapshot: 5, image: 6 } as const

/** What is about to be made, with its id; `offset` counts what one call makes. */
export const madeId = (kind: Made['kind'], number: number, { world, partition }: HandlerContext): string =>
  encodeId(prefixes[kind], world.estate.seed, idKinds[kind], partition.number, number)

/** The tags that a call gives to what it makes of one kind. */
export const tagsFor = (
  specifications: readonly TagSpecification[] | undefined,
  kind: Made['kind'],
  allowed: readonly Made['kind'][],
): Record<string, string> => {
  for (const { ResourceType } of specifications ?? []) {
    if (!allowed.some((one) => one === ResourceType)) {
      throw awsError(
        'InvalidParameterValue',
        `'${String(ResourceType)}' is not a valid taggable resource type for this operation.`,
      )
    }
  }
  const tags = (specifications ?? [])
    .filter(({ ResourceType }) => ResourceType === kind)
    .flatMap(({ Tags }) => (Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const))
  for (const [key, value] of tags) refuseTag(key, value)
  return Object.fromEntries(tags)
}

export const toTagList = (tags: Record<string, string>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** The change that makes something. */
export const making = (
  id: string,
  made: Made,
  tags: Record<string, string>,
): { id: string; change: Change; hasChanged: true } => ({
  id,
  change: { made, tags },
  hasChanged: true,
})

/** Tags of something made: they are all changes, the seed gave it none. */
export const tagsOf = (id: string, { world }: HandlerContext): Record<string, string> => world.tags({ id, tags: {} })
