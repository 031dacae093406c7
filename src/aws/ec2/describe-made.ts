import type { Filter, Image, Snapshot } from '@aws-sdk/client-ec2'
import type { Ec2, Ec2Image, Ec2Snapshot, MadeQuery } from '../ec2.ts'
import { batchesOf } from './batches.ts'
import type { Ec2Context } from './context.ts'
import { toTags } from './tags.ts'

/** A filter takes at most 200 values. */
const valuesInAFilter = 200
/** The API's largest page. */
const pageSize = 1000

/** By filter, never by id: one unknown id would fail the whole call. */
const filtersOf = (query: MadeQuery, idFilter: string): Filter[][] =>
  'ids' in query
    ? batchesOf(query.ids, valuesInAFilter).map((Values) => [{ Name: idFilter, Values }])
    : batchesOf(query.values, valuesInAFilter).map((Values) => [{ Name: `tag:${query.tag}`, Values }])

export const describeSnapshots =
  ({ sdk, client, send }: Ec2Context): Ec2['describeSnapshots'] =>
  async (call, query) => {
    const found: Ec2Snapshot[] = []
    for (const Filters of filtersOf(query, 'snapshot-id')) {
      let token: string | undefined
      do {
        const command = new sdk.DescribeSnapshotsCommand({
          OwnerIds: ['self'],
          Filters,
          MaxResults: pageSize,
          ...(token === undefined ? {} : { NextToken: token }),
        })
        const output = await send({ action: 'DescribeSnapshots', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
        found.push(...(output.Snapshots ?? []).map(toSnapshot))
        token = output.NextToken
      } while (token)
    }
    return found
  }

const toSnapshot = (snapshot: Snapshot): Ec2Snapshot => ({
  id: snapshot.SnapshotId ?? '',
  volumeId: snapshot.VolumeId ?? '',
  state: snapshot.State ?? 'pending',
  stateMessage: snapshot.StateMessage || null,
  sizeGib: snapshot.VolumeSize ?? 0,
  startedAt: snapshot.StartTime?.toISOString() ?? null,
  tags: toTags(snapshot.Tags),
})

export const describeImages =
  ({ sdk, client, send }: Ec2Context): Ec2['describeImages'] =>
  async (call, query) => {
    const found: Ec2Image[] = []
    for (const Filters of filtersOf(query, 'image-id')) {
      let token: string | undefined
      do {
        const command = new sdk.DescribeImagesCommand({
          Owners: ['self'],
          Filters,
          MaxResults: pageSize,
          ...(token === undefined ? {} : { NextToken: token }),
        })
        const output = await send({ action: 'DescribeImages', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
        found.push(...(output.Images ?? []).map(toImage))
        token = output.NextToken
      } while (token)
    }
    return found
  }

const toImage = (image: Image): Ec2Image => ({
  id: image.ImageId ?? '',
  name: image.Name ?? '',
  state: image.State ?? 'pending',
  stateMessage: image.StateReason?.Message || null,
  snapshotIds: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  tags: toTags(image.Tags),
})
