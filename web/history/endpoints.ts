import type { Changes, History, AsOf } from '#contracts/history.ts'
import type { Findings } from '#contracts/findings.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import type { Relations } from '#contracts/relations.ts'
import { api } from '../api/api.ts'

type Page = { cursor?: string; limit?: number }

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
    getNeighbours: build.query<Relations, { id: string; depth: number }>({
      query: ({ id, depth }) => ({ url: `${pathOf(id)}/relations`, query: { depth } }),
      providesTags: ['Resource'],
    }),
    listChanges: build.query<Changes, Page & { from?: string; to?: string; q?: string; type?: string; kind?: string }>({
      query: (query) => ({ url: '/resources/changes', query }),
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
  useGetNeighboursQuery,
  useListChangesQuery,
  useListFindingsQuery,
} = historyApi
