import type { Metrics, RefreshRequest, RefreshResult, ResourceDetails, ResourceSummary } from '#contracts/inventory.ts'
import type { Relations } from '#contracts/relations.ts'
import type { List } from '#contracts/list.ts'
import type { Freshness, Resource } from '#contracts/resource.ts'
import { api } from '../api/api.ts'

export type ResourceQuery = {
  q?: string
  type?: string
  account?: string
  region?: string
  sort?: string
  cursor?: string
  limit?: number
}
export type ResourceList = List<Resource> & { freshness: Freshness }

const pathOf = (id: string): string => `/resources/${encodeURIComponent(id)}`

const resourceApi = api.injectEndpoints({
  endpoints: (build) => ({
    listResources: build.query<ResourceList, ResourceQuery>({
      query: (query) => ({ url: '/resources', query }),
      providesTags: ['Resource'],
    }),
    summarizeResources: build.query<ResourceSummary, void>({
      query: () => ({ url: '/resources/summary' }),
      keepUnusedDataFor: 300,
    }),
    getResource: build.query<ResourceDetails, string>({
      query: (id) => ({ url: pathOf(id) }),
      providesTags: ['Resource'],
    }),
    getRelations: build.query<Relations, string>({
      query: (id) => ({ url: `${pathOf(id)}/relations` }),
      providesTags: ['Resource'],
    }),
    getMetrics: build.query<Metrics, { id: string; name: string; hours: number }>({
      query: ({ id, name, hours }) => ({
        url: `${pathOf(id)}/metrics`,
        query: { name, from: new Date(Date.now() - hours * 3_600_000).toISOString(), points: 500 },
      }),
    }),
    refreshResources: build.mutation<RefreshResult, RefreshRequest>({
      query: (body) => ({ url: '/resources/refresh', method: 'POST', body }),
      invalidatesTags: ['Resource'],
    }),
  }),
})

export const {
  useListResourcesQuery,
  useSummarizeResourcesQuery,
  useGetResourceQuery,
  useGetRelationsQuery,
  useGetMetricsQuery,
  useRefreshResourcesMutation,
} = resourceApi
