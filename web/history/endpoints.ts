import type { Changes, History, AsOf } from '#contracts/history.ts'
import type { Findings } from '#contracts/findings.ts'
import type { NetChanges, ResourceNet } from '#contracts/net-changes.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import type { Relations } from '#contracts/relations.ts'
import { api } from '../api/api.ts'

type Page = { cursor?: string; limit?: number }

type ChangesQuery = Page & { from?: string; to?: string; q?: string; type?: string; kind?: string }

const pathOf = (id: string): string => `/resources/${encodeURIComponent(id)}`

const historyApi = api.injectEndpoints({
  endpoints: (build) => ({
    getHistory: build.query<History, Page & { id: string }>({
      query: ({ id, ...query }) => ({ url: `${pathOf(id)}/history`, query }),
      providesTags: ['Resource'],
    }),
    getResourceAt: build.query<ResourceDetails & { asOf: AsOf }, { id: string; at: string }>({
      query: ({ id, at }) => ({ url: pathOf(id), query: { at } }),
    }),
    getNetHistory: build.query<ResourceNet, { id: string; from: string; to: string }>({
      query: ({ id, ...query }) => ({ url: `${pathOf(id)}/history/net`, query }),
      providesTags: ['Resource'],
    }),
    getNeighbours: build.query<Relations, { id: string; depth: number }>({
      query: ({ id, depth }) => ({ url: `${pathOf(id)}/relations`, query: { depth } }),
      providesTags: ['Resource'],
    }),
    listChanges: build.query<Changes, ChangesQuery>({
      query: (query) => ({ url: '/resources/changes', query }),
      providesTags: ['Resource'],
    }),
    listNetChanges: build.query<NetChanges, ChangesQuery>({
      query: (query) => ({ url: '/resources/changes/net', query }),
      providesTags: ['Resource'],
    }),
    listFindings: build.query<Findings, Page & { kind?: string; q?: string }>({
      query: (query) => ({ url: '/resources/findings', query }),
      providesTags: ['Resource'],
    }),
  }),
})

export const {
  useGetHistoryQuery,
  useGetResourceAtQuery,
  useGetNetHistoryQuery,
  useGetNeighboursQuery,
  useListChangesQuery,
  useListNetChangesQuery,
  useListFindingsQuery,
} = historyApi
