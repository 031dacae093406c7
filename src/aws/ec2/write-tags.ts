import type { Ec2 } from '../ec2.ts'
import type { Ec2Context } from './context.ts'

/** Sets tags, over values that are there already. All resources of a call get them, or none. */
export const createTags =
  ({ sdk, client, send }: Ec2Context): Ec2['createTags'] =>
  async (call, ids, tags) => {
    const command = new sdk.CreateTagsCommand({
      Resources: [...ids],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })
    await send({ action: 'CreateTags', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }

/** Removes tags by key, whatever their values; a key that isn't there is no error. */
export const deleteTags =
  ({ sdk, client, send }: Ec2Context): Ec2['deleteTags'] =>
  async (call, ids, keys) => {
    const command = new sdk.DeleteTagsCommand({ Resources: [...ids], Tags: keys.map((Key) => ({ Key })) })
    await send({ action: 'DeleteTags', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }
