import type { Aws } from '#aws/cloud.ts'
import type { Database } from '#platform/db/database.ts'
import { deleteOtherPartitions, insertPartitions } from '../store/partitions.ts'
import type { PartitionKey } from '../store/partitions.ts'
import { databaseNow } from '../store/write.ts'
import { readingsOf, regionsOfService, syncedServices } from '../types/registry.ts'
import type { Apply } from './apply.ts'
import { markUnseen } from './mark-unseen.ts'

/**
 * Makes the partitions what the accounts ask for: new accounts and Regions get theirs, and those that are no longer
 * looked at lose theirs together with their resources. Returns how many were new.
 */
export const reconcilePartitions = async (deps: { db: Database; aws: Aws; apply: Apply }): Promise<number> => {
  const { db, aws, apply } = deps
  const accounts = await aws.accounts.list()
  // Service by service: when much is new, what people look for first is there first, in every account.
  const wanted = syncedServices.flatMap((service) =>
    accounts.flatMap((account) =>
      regionsOfService(account, service).map((region): PartitionKey => ({ account: account.id, region, service })),
    ),
  )
  const added = await insertPartitions(db, wanted)
  for (const { account, region, service } of await deleteOtherPartitions(db, syncedServices, wanted)) {
    const now = await databaseNow(db)
    for (const { holds } of readingsOf(service)) {
      if (holds !== 'more') await markUnseen({ db, apply }, { account, region, holds }, new Set(), now)
    }
  }
  return added
}
