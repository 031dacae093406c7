import type { Recommendation, RecommendationList } from '#contracts/recommendation.ts'
import type { Plan } from '#contracts/task.ts'
import { api } from '../api/api.ts'

const pathOf = (id: string): string => `/ai/recommendations/${encodeURIComponent(id)}`

const recommendationApi = api.enhanceEndpoints({ addTagTypes: ['Recommendation'] }).injectEndpoints({
  endpoints: (build) => ({
    listRecommendations: build.query<
      RecommendationList,
      { status?: string; kind?: string; finding?: string; q?: string; cursor?: string }
    >({
      query: (query) => ({ url: '/ai/recommendations', query }),
      providesTags: ['Recommendation'],
    }),
    planRecommendation: build.mutation<Plan, string>({
      query: (id) => ({ url: `${pathOf(id)}/task`, method: 'POST' }),
      invalidatesTags: ['Recommendation'],
    }),
    dismissRecommendation: build.mutation<Recommendation, { id: string; reason: string }>({
      query: ({ id, reason }) => ({ url: `${pathOf(id)}/dismiss`, method: 'POST', body: { reason } }),
      invalidatesTags: ['Recommendation'],
    }),
    snoozeRecommendation: build.mutation<Recommendation, { id: string; until: string }>({
      query: ({ id, until }) => ({ url: `${pathOf(id)}/snooze`, method: 'POST', body: { until } }),
      invalidatesTags: ['Recommendation'],
    }),
    reopenRecommendation: build.mutation<Recommendation, string>({
      query: (id) => ({ url: `${pathOf(id)}/reopen`, method: 'POST' }),
      invalidatesTags: ['Recommendation'],
    }),
  }),
})

export const {
  useListRecommendationsQuery,
  usePlanRecommendationMutation,
  useDismissRecommendationMutation,
  useSnoozeRecommendationMutation,
  useReopenRecommendationMutation,
} = recommendationApi
