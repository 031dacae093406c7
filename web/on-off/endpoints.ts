import type { List } from '#contracts/list.ts'
import type {
  NewOnOffPlan,
  OnOffPlan,
  OnOffPlanChanges,
  OnOffPreview,
  OnOffPreviewRequest,
} from '#contracts/on-off-plan.ts'
import { api } from '../api/api.ts'

// Its halves are schedules: what changes one changes the other, and they share a tag.
const onOffApi = api.injectEndpoints({
  endpoints: (build) => ({
    listOnOffPlans: build.query<List<OnOffPlan>, { cursor?: string }>({
      query: (query) => ({ url: '/on-off-plans', query }),
      providesTags: ['Schedule'],
    }),
    getOnOffPlan: build.query<OnOffPlan, string>({
      query: (id) => ({ url: `/on-off-plans/${id}` }),
      providesTags: ['Schedule'],
    }),
    /** Changes nothing: what such a plan would do in the next days. */
    previewOnOff: build.query<OnOffPreview, OnOffPreviewRequest>({
      query: (body) => ({ url: '/on-off-plans/preview', method: 'POST', body }),
    }),
    /** Changes nothing either, but asks AWS: only when somebody wants to know. */
    estimateOnOff: build.mutation<OnOffPreview, OnOffPreviewRequest>({
      query: (body) => ({ url: '/on-off-plans/preview', method: 'POST', body }),
    }),
    createOnOffPlan: build.mutation<OnOffPlan, NewOnOffPlan>({
      query: (body) => ({ url: '/on-off-plans', method: 'POST', body }),
      invalidatesTags: ['Schedule'],
    }),
    changeOnOffPlan: build.mutation<OnOffPlan, { id: string; changes: OnOffPlanChanges }>({
      query: ({ id, changes }) => ({ url: `/on-off-plans/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['Schedule'],
    }),
    steerOnOffPlan: build.mutation<OnOffPlan, { id: string; how: 'pause' | 'resume' }>({
      query: ({ id, how }) => ({ url: `/on-off-plans/${id}/${how}`, method: 'POST', body: {} }),
      invalidatesTags: ['Schedule'],
    }),
    removeOnOffPlan: build.mutation<null, string>({
      query: (id) => ({ url: `/on-off-plans/${id}`, method: 'DELETE' }),
      invalidatesTags: ['Schedule'],
    }),
  }),
})

export const {
  useListOnOffPlansQuery,
  useGetOnOffPlanQuery,
  usePreviewOnOffQuery,
  useEstimateOnOffMutation,
  useCreateOnOffPlanMutation,
  useChangeOnOffPlanMutation,
  useSteerOnOffPlanMutation,
  useRemoveOnOffPlanMutation,
} = onOffApi
