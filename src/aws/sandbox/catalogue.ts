import type { SeedBucket } from './estate/bucket.ts'
import { dashboardsOf } from './estate/dashboard.ts'
import type { SeedDashboard } from './estate/dashboard.ts'
import type { Estate } from './estate/estate.ts'
import type { SeedEventSource, SeedFunction } from './estate/function.ts'
import { genericsOf } from './estate/generic.ts'
import type { SeedGeneric } from './estate/generic.ts'
import { metricFiltersOf } from './estate/metric-filter.ts'
import type { SeedMetricFilter } from './estate/metric-filter.ts'
import type { Partition } from './estate/partitions.ts'
import { rolesOf } from './estate/role.ts'
import type { SeedRole } from './estate/role.ts'
import { createNames } from './names.ts'
import type { Names } from './names.ts'
import { remembered } from './remembered.ts'

/** What AWS finds by a name: the estate makes it by number, so each place has an index of it once somebody asks. */
export type Catalogue = {
  functions: (partition: Partition) => {
    get: (name: string) => SeedFunction | undefined
    eventSource: (id: string) => SeedEventSource | undefined
  }
  /** Of an account in all Regions, by name. */
  buckets: (account: string) => { names: Names; get: (name: string) => SeedBucket | undefined }
  roles: (account: string) => SeedRole[]
  dashboards: (account: string) => SeedDashboard[]
  metricFilters: (partition: Partition) => SeedMetricFilter[]
  metricFiltersOf: (partition: Partition) => ReadonlyMap<string, SeedMetricFilter[]>
  generics: (partition: Partition) => SeedGeneric[]
}

export const createCatalogue = (estate: Estate): Catalogue => {
  const { seed } = estate
  const placeOf = ({ account, region }: Partition): string => `${account}/${region}`
  const ofAccount = (account: string): Partition[] =>
    estate.partitions.filter((partition) => partition.account === account)
  const metricFilters = remembered(placeOf, (partition: Partition) => metricFiltersOf(seed, partition))
  const itself = (account: string): string => account

  return {
    functions: remembered(placeOf, (partition) => {
      const byName = new Map<string, number>()
      const byEventSource = new Map<string, number>()
      for (let index = 0; index < partition.functions; index++) {
        const { name, eventSource } = estate.function(partition, index)
        byName.set(name, index)
        if (eventSource !== null) byEventSource.set(eventSource.id, index)
      }
      const at = (index: number | undefined): SeedFunction | undefined =>
        index === undefined ? undefined : estate.function(partition, index)
      return {
        get: (name) => at(byName.get(name)),
        eventSource: (id) => at(byEventSource.get(id))?.eventSource ?? undefined,
      }
    }),
    buckets: remembered(itself, (account) => {
      const byName = new Map<string, [Partition, number]>()
      for (const partition of ofAccount(account)) {
        for (let index = 0; index < partition.buckets; index++)
          byName.set(estate.bucket(partition, index).name, [partition, index])
      }
      return {
        names: createNames(byName.keys()),
        get: (name) => {
          const found = byName.get(name)
          return found && estate.bucket(...found)
        },
      }
    }),
    roles: remembered(itself, (account) => rolesOf(seed, ofAccount(account))),
    dashboards: remembered(itself, (account) => dashboardsOf(seed, ofAccount(account))),
    metricFilters,
    metricFiltersOf: remembered(placeOf, (partition) =>
      Map.groupBy(metricFilters(partition), ({ logGroupName }) => logGroupName),
    ),
    generics: remembered(placeOf, (partition) => genericsOf(seed, partition)),
  }
}
