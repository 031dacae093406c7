import type { Tag } from '@aws-sdk/client-ec2'

/** AWS's list of tags as a record. */
export const toTags = (tags: readonly Tag[] | undefined): Record<string, string> => {
  // Without a prototype: a tag named __proto__ is only a tag.
  const record = Object.create(null) as Record<string, string>
  for (const { Key, Value } of tags ?? []) if (Key !== undefined) record[Key] = Value ?? ''
  return { ...record }
}
