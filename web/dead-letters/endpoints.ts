import type { DeadLetter, DeadLetterDetails, RequeueRequest } from '#contracts/dead-letter.ts'
import type { List } from '#contracts/list.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import { api } from '../api/api.ts'

export type DeadLetterQuery = { status?: string; cause?: string; q?: string; cursor?: string }

const deadLetterApi = api.injectEndpoints({
  endpoints: (build) => ({
    listDeadLetters: build.query<List<DeadLetter>, DeadLetterQuery>({
      query: (query) => ({ url: '/dead-letters', query }),
      providesTags: ['DeadLetter'],
    }),
    getDeadLetter: build.query<DeadLetterDetails, string>({
      query: (id) => ({ url: `/dead-letters/${id}` }),
      providesTags: ['DeadLetter'],
    }),
    requeueDeadLetter: build.mutation<FiledTask, { id: string; request: RequeueRequest }>({
      query: ({ id, request }) => ({ url: `/dead-letters/${id}/requeue`, method: 'POST', body: request }),
      invalidatesTags: ['DeadLetter', 'TaskList'],
    }),
    dismissDeadLetter: build.mutation<DeadLetterDetails, { id: string; reason: string }>({
      query: ({ id, reason }) => ({ url: `/dead-letters/${id}/dismiss`, method: 'POST', body: { reason } }),
      invalidatesTags: ['DeadLetter'],
    }),
  }),
})

export const {
  useListDeadLettersQuery,
  useGetDeadLetterQuery,
  useRequeueDeadLetterMutation,
  useDismissDeadLetterMutation,
} = deadLetterApi
