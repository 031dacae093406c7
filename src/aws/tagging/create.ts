import type { GetResourcesCommandInput, GetResourcesCommandOutput } from '@aws-sdk/client-resource-groups-tagging-api'
import type { Call } from '../call.ts'
import { batchesOf } from '../ec2/batches.ts'
import { AwsFailure } from '../failure.ts'
import { paged } from '../send/paged.ts'
import type { TaggedResource, Tagging } from '../tagging.ts'
import type { TaggingContext } from './context.ts'

/** The API's largest page, and the most ARNs of a call. */
const pageSize = 100

/** The Resource Groups Tagging API of one account and Region. */
export const createTagging = ({ sdk, client, send }: TaggingContext): Tagging => {
  const get = (call: Call, input: GetResourcesCommandInput): Promise<GetResourcesCommandOutput> => {
    const command = new sdk.GetResourcesCommand(input)
    return send({ action: 'GetResources', effect: 'read', call }, command, (options) => client.send(command, options))
  }

  const byArn = async (call: Call, arns: readonly string[]): Promise<TaggedResource[]> => {
    try {
      return toResources(await get(call, { ResourceARNList: [...arns] }))
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.code !== 'InvalidParameterException') throw error
      // One that AWS doesn't take for an ARN fails all of them.
      if (arns.length === 1) return []
      return (await Promise.all(arns.map((arn) => byArn(call, [arn])))).flat()
    }
  }

  return {
    listResources: async function* (call, types) {
      const which = types === undefined ? {} : { ResourceTypeFilters: [...types] }
      const pages = paged(
        (token) =>
          get(call, {
            ...which,
            ResourcesPerPage: pageSize,
            ...(token === undefined ? {} : { PaginationToken: token }),
          }),
        ({ PaginationToken }) => PaginationToken,
      )
      for await (const page of pages) yield toResources(page)
    },
    describeResources: async (call, arns) => {
      const found: TaggedResource[] = []
      for (const batch of batchesOf(arns, pageSize)) found.push(...(await byArn(call, batch)))
      return found
    },
  }
}

const toResources = ({ ResourceTagMappingList }: GetResourcesCommandOutput): TaggedResource[] =>
  (ResourceTagMappingList ?? []).flatMap(({ ResourceARN, Tags }) =>
    ResourceARN === undefined
      ? []
      : [
          {
            arn: ResourceARN,
            tags: Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
          },
        ],
  )
