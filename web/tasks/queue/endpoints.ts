import type { QueueState } from '#contracts/queue.ts'
import { api } from '../../api/api.ts'

const queueApi = api.injectEndpoints({
  endpoints: (build) => ({
    getQueue: build.query<QueueState, void>({ query: () => ({ url: '/queue' }), providesTags: ['Queue'] }),
  }),
})

export const { useGetQueueQuery } = queueApi
