import type { List } from '#contracts/list.ts'
import type {
  NewSchedule,
  Schedule,
  ScheduleChanges,
  ScheduleDecision,
  ScheduleRow,
  ScheduleRun,
  StandingApprovalRequest,
} from '#contracts/schedule.ts'
import { api } from '../api/api.ts'

export type ScheduleQuery = { status?: string; q?: string; approval?: string; cursor?: string; limit?: number }
export type Times = Pick<NewSchedule, 'timeZone' | 'skipDates'> & Partial<Pick<NewSchedule, 'cron' | 'at'>>

const scheduleApi = api.injectEndpoints({
  endpoints: (build) => ({
    listSchedules: build.query<List<ScheduleRow>, ScheduleQuery>({
      query: (query) => ({ url: '/schedules', query }),
      providesTags: ['Schedule'],
    }),
    getSchedule: build.query<Schedule, string>({
      query: (id) => ({ url: `/schedules/${id}` }),
      providesTags: ['Schedule'],
    }),
    listRuns: build.query<List<ScheduleRun>, { id: string; cursor?: string }>({
      query: ({ id, ...query }) => ({ url: `/schedules/${id}/runs`, query: { ...query, limit: 25 } }),
      providesTags: ['Schedule'],
    }),
    /** Changes nothing: when given times would come. */
    previewTimes: build.query<{ runs: string[] }, Times>({
      query: (body) => ({ url: '/schedules/preview', method: 'POST', body }),
    }),
    createSchedule: build.mutation<Schedule, NewSchedule>({
      query: (body) => ({ url: '/schedules', method: 'POST', body }),
      invalidatesTags: ['Schedule'],
    }),
    changeSchedule: build.mutation<Schedule, { id: string; changes: ScheduleChanges }>({
      query: ({ id, changes }) => ({ url: `/schedules/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['Schedule'],
    }),
    removeSchedule: build.mutation<null, string>({
      query: (id) => ({ url: `/schedules/${id}`, method: 'DELETE' }),
      invalidatesTags: ['Schedule'],
    }),
    steerSchedule: build.mutation<unknown, { id: string; how: 'pause' | 'resume' | 'run' }>({
      query: ({ id, how }) => ({ url: `/schedules/${id}/${how}`, method: 'POST', body: {} }),
      invalidatesTags: ['Schedule'],
    }),
    askApproval: build.mutation<Schedule, { id: string; request: StandingApprovalRequest }>({
      query: ({ id, request }) => ({ url: `/schedules/${id}/standing-approval`, method: 'POST', body: request }),
      invalidatesTags: ['Schedule'],
    }),
    decideApproval: build.mutation<Schedule, { id: string; how: 'approve' | 'reject'; decision: ScheduleDecision }>({
      query: ({ id, how, decision }) => ({ url: `/schedules/${id}/${how}`, method: 'POST', body: decision }),
      invalidatesTags: ['Schedule'],
    }),
  }),
})

export const {
  useListSchedulesQuery,
  useGetScheduleQuery,
  useListRunsQuery,
  usePreviewTimesQuery,
  useCreateScheduleMutation,
  useChangeScheduleMutation,
  useRemoveScheduleMutation,
  useSteerScheduleMutation,
  useAskApprovalMutation,
  useDecideApprovalMutation,
} = scheduleApi
