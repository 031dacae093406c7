import type { Anomaly, Bands } from '#contracts/anomaly.ts'
import type { MetricForecast } from '#contracts/forecast.ts'
import type { List } from '#contracts/list.ts'
import { api } from '../api/api.ts'

const aiApi = api.injectEndpoints({
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
    getForecast: build.query<MetricForecast, { resource: string; metric: string }>({
      query: (query) => ({ url: '/ai/forecasts', query }),
    }),
  }),
})

export const { useListAnomaliesQuery, useGetBandsQuery, useGetForecastQuery } = aiApi
