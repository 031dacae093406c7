import type {
  Metrics,
  RefreshRequest,
  RefreshResult,
  ResourceDetails,
  ResourceLogs,
  ResourceSummary,
} from '#contracts/inventory.ts'
import type { List } from '#contracts/list.ts'
import type { Facets, Suggestions } from '#contracts/query.ts'
import type { Freshness, Resource } from '#contracts/resource.ts'
import type { NewView, ResourceView, ViewChanges } from '#contracts/resource-view.ts'
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

export const resourceApi = api.injectEndpoints({
  endpoints: (build) => ({
    listResources: build.query<ResourceList, ResourceQuery>({
      query: (query) => ({ url: '/resources', query }),
      providesTags: ['Resource'],
    }),
    summarizeResources: build.query<ResourceSummary, void>({
      query: () => ({ url: '/resources/summary' }),
      keepUnusedDataFor: 300,
    }),
    countFacets: build.query<Facets, { q: string; type: string; by: string; values: number }>({
      query: (query) => ({ url: '/resources/facets', query }),
      keepUnusedDataFor: 30,
    }),
    suggestQuery: build.query<Suggestions, { q: string; at: number }>({
      query: (query) => ({ url: '/resources/query/suggest', query }),
      keepUnusedDataFor: 30,
    }),
    listViews: build.query<List<ResourceView>, void>({
      query: () => ({ url: '/resource-views', query: { limit: 500 } }),
      providesTags: ['View'],
    }),
    createView: build.mutation<ResourceView, NewView>({
      query: (body) => ({ url: '/resource-views', method: 'POST', body }),
      invalidatesTags: ['View'],
    }),
    changeView: build.mutation<ResourceView, { id: string; changes: ViewChanges }>({
      query: ({ id, changes }) => ({ url: `/resource-views/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['View'],
    }),
    deleteView: build.mutation<null, string>({
      query: (id) => ({ url: `/resource-views/${id}`, method: 'DELETE' }),
      invalidatesTags: ['View'],
    }),
    getResource: build.query<ResourceDetails, string>({
      query: (id) => ({ url: pathOf(id) }),
      providesTags: ['Resource'],
    }),
    getMetrics: build.query<Metrics, { id: string; name: string; hours: number }>({
      query: ({ id, name, hours }) => ({
        url: `${pathOf(id)}/metrics`,
        query: { name, from: new Date(Date.now() - hours * 3_600_000).toISOString(), points: 500 },
      }),
    }),
    getLogs: build.query<
      ResourceLogs,
      { id: string; filter: string; limit: number } & ({ from: string; to: string } | { cursor: string })
    >({
      query: ({ id, ...query }) => ({ url: `${pathOf(id)}/logs`, query }),
      // They are kept by whoever shows them, part after part.
      keepUnusedDataFor: 0,
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
  useCountFacetsQuery,
  useSuggestQueryQuery,
  useListViewsQuery,
  useCreateViewMutation,
  useChangeViewMutation,
  useDeleteViewMutation,
  useGetResourceQuery,
  useGetMetricsQuery,
  useRefreshResourcesMutation,
} = resourceApi
