import type { Anomaly, Bands } from '#contracts/anomaly.ts'
import type { MetricForecast } from '#contracts/forecast.ts'
import type { AccountForecast, AccountForecastKind, Budget } from '#contracts/account-forecast.ts'
import type { List } from '#contracts/list.ts'
import { api } from '../api/api.ts'

const aiApi = api.enhanceEndpoints({ addTagTypes: ['AccountForecast'] }).injectEndpoints({
  endpoints: (build) => ({
    listAnomalies: build.query<List<Anomaly>, { resource: string; hours: number }>({
      query: ({ resource, hours }) => ({
        url: '/ai/anomalies',
        query: { resource, from: new Date(Date.now() - hours * 3_600_000).toISOString(), limit: 100 },
      }),
    }),
    getBands: build.query<Bands, { resource: string; name: string; hours: number }>({
      query: ({ resource, name, hours }) => ({
        url: '/ai/bands',
        query: { resource, name, from: new Date(Date.now() - hours * 3_600_000).toISOString() },
      }),
    }),
    listCostAnomalies: build.query<List<Anomaly>, string>({
      query: (account) => ({ url: '/ai/anomalies', query: { account, region: 'global', limit: 20 } }),
    }),
    getAccountForecast: build.query<AccountForecast, { account: string; kind: AccountForecastKind }>({
      query: ({ account, kind }) => ({
        url: `/ai/forecasts/accounts/${encodeURIComponent(account)}`,
        query: { kind },
      }),
      providesTags: ['AccountForecast'],
    }),
    setBudget: build.mutation<Budget, { account: string; monthlyUsd: number }>({
      query: ({ account, monthlyUsd }) => ({
        url: `/ai/budgets/${encodeURIComponent(account)}`,
        method: 'PUT',
        body: { monthlyUsd },
      }),
      invalidatesTags: ['AccountForecast'],
    }),
    removeBudget: build.mutation<null, string>({
      query: (account) => ({ url: `/ai/budgets/${encodeURIComponent(account)}`, method: 'DELETE' }),
      invalidatesTags: ['AccountForecast'],
    }),
    getForecast: build.query<MetricForecast, { resource: string; metric: string }>({
      query: (query) => ({ url: '/ai/forecasts', query }),
    }),
  }),
})

export const {
  useListAnomaliesQuery,
  useListCostAnomaliesQuery,
  useGetBandsQuery,
  useGetForecastQuery,
  useGetAccountForecastQuery,
  useSetBudgetMutation,
  useRemoveBudgetMutation,
} = aiApi
