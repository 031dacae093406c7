import type { z } from 'zod'
import type { AccountChanges, AccountTest, AccountView, NewAccount } from '#contracts/account.ts'
import type { discoverRequestSchema, DiscoveryResult } from '#contracts/discovery.ts'
import type { RefreshResult } from '#contracts/inventory.ts'
import type { List } from '#contracts/list.ts'
import { api } from '../api/api.ts'

/** Accounts apart from the rest of the resources, since the frame of every page asks for them. */
const accountApi = api.injectEndpoints({
  endpoints: (build) => ({
    listAccounts: build.query<List<AccountView>, void>({
      query: () => ({ url: '/accounts', query: { limit: 500 } }),
      providesTags: ['Account'],
    }),
    addAccount: build.mutation<AccountView, NewAccount>({
      query: (body) => ({ url: '/accounts', method: 'POST', body }),
      invalidatesTags: ['Account', 'Resource'],
    }),
    changeAccount: build.mutation<AccountView, { id: string; changes: AccountChanges }>({
      query: ({ id, changes }) => ({ url: `/accounts/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['Account'],
    }),
    discoverAccounts: build.mutation<DiscoveryResult, z.input<typeof discoverRequestSchema>>({
      query: (body) => ({ url: '/accounts/discover', method: 'POST', body }),
    }),
    syncAccount: build.mutation<RefreshResult, string>({
      query: (account) => ({ url: '/resources/refresh', method: 'POST', body: { account } }),
      invalidatesTags: ['Account', 'Resource'],
    }),
    testAccount: build.mutation<AccountTest, string>({
      query: (id) => ({ url: `/accounts/${id}/test`, method: 'POST', body: {} }),
    }),
  }),
})

export const {
  useListAccountsQuery,
  useAddAccountMutation,
  useChangeAccountMutation,
  useTestAccountMutation,
  useDiscoverAccountsMutation,
  useSyncAccountMutation,
} = accountApi
