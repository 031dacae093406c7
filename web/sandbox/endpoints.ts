import type { List } from '#contracts/list.ts'
import type { Fault, FaultDraft, SandboxInfo } from '#contracts/sandbox.ts'
import { api } from '../api/api.ts'

const sandboxApi = api.enhanceEndpoints({ addTagTypes: ['Fault'] }).injectEndpoints({
  endpoints: (build) => ({
    getSandbox: build.query<SandboxInfo, void>({ query: () => ({ url: '/sandbox' }) }),
    listFaults: build.query<List<Fault>, void>({
      query: () => ({ url: '/sandbox/faults', query: { limit: 500 } }),
      providesTags: ['Fault'],
    }),
    addFault: build.mutation<Fault, Omit<FaultDraft, 'probability'> & { probability?: number }>({
      query: (body) => ({ url: '/sandbox/faults', method: 'POST', body }),
      invalidatesTags: ['Fault'],
    }),
    removeFault: build.mutation<null, string>({
      query: (id) => ({ url: `/sandbox/faults/${encodeURIComponent(id)}`, method: 'DELETE' }),
      invalidatesTags: ['Fault'],
    }),
    clearFaults: build.mutation<null, void>({
      query: () => ({ url: '/sandbox/faults', method: 'DELETE' }),
      invalidatesTags: ['Fault'],
    }),
  }),
})

export const {
  useGetSandboxQuery,
  useListFaultsQuery,
  useAddFaultMutation,
  useRemoveFaultMutation,
  useClearFaultsMutation,
} = sandboxApi
