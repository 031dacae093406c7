import type { Freeze, FreezeChanges, NewFreeze } from '#contracts/freeze.ts'
import type { List } from '#contracts/list.ts'
import { api } from '../api/api.ts'

const freezeApi = api.injectEndpoints({
  endpoints: (build) => ({
    listFreezes: build.query<List<Freeze>, void>({
      query: () => ({ url: '/freezes', query: { limit: 500 } }),
      providesTags: ['Freeze'],
    }),
    createFreeze: build.mutation<Freeze, NewFreeze>({
      query: (body) => ({ url: '/freezes', method: 'POST', body }),
      invalidatesTags: ['Freeze'],
    }),
    changeFreeze: build.mutation<Freeze, { id: string; changes: FreezeChanges }>({
      query: ({ id, changes }) => ({ url: `/freezes/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['Freeze'],
    }),
    removeFreeze: build.mutation<null, string>({
      query: (id) => ({ url: `/freezes/${id}`, method: 'DELETE' }),
      invalidatesTags: ['Freeze'],
    }),
  }),
})

export const { useListFreezesQuery, useCreateFreezeMutation, useChangeFreezeMutation, useRemoveFreezeMutation } =
  freezeApi
