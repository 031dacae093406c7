import type { Snapshot as SdkSnapshot } from '@aws-sdk/client-ec2'
import type { Snapshot } from '../../ec2-inventory.ts'
import type { Reader } from '../../reader.ts'
import type { Ec2Context } from '../context.ts'
import { toJson } from '../json.ts'
import { toTags } from '../tags.ts'
import { createReader } from './reader.ts'

/** The API's largest page. */
const pageSize = 1000

/** Snapshots of the account itself, not those that others share with it. */
export const readSnapshots = ({ sdk, client, send, ...place }: Ec2Context): Reader<Snapshot> =>
  createReader({
    fetch: async (call, ask) => {
      const command = new sdk.DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: pageSize, ...ask })
      const output = await send({ action: 'DescribeSnapshots', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.Snapshots, token: output.NextToken }
    },
    idFilter: 'snapshot-id',
    to: (snapshot) => toSnapshot(place, snapshot),
  })

const toSnapshot = (
  { account, region, partition }: { account: string; region: string; partition: string },
  snapshot: SdkSnapshot,
): Snapshot => {
  // AWS describes no snapshot without an id.
  const id = snapshot.SnapshotId ?? ''
  return {
    id,
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    arn: `arn:${partition}:ec2:${region}::snapshot/${id}`,
    account,
    region,
    state: snapshot.State ?? 'pending',
    volumeId: snapshot.VolumeId || null,
    sizeGib: snapshot.VolumeSize ?? 0,
    isEncrypted: snapshot.Encrypted ?? false,
    storageTier: snapshot.StorageTier ?? 'standard',
    description: snapshot.Description || null,
    startedAt: snapshot.StartTime?.toISOString() ?? null,
    tags: toTags(snapshot.Tags),
    raw: toJson(snapshot),
  }
}
