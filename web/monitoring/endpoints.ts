import type { Alert, Channel, ChannelChanges, ChannelTest, DeliveryView, NewChannel } from '#contracts/alert.ts'
import type { List } from '#contracts/list.ts'
import { api } from '../api/api.ts'

export type AlertQuery = { status?: string; severity?: string; cursor?: string; limit?: number }

const monitoringApi = api.injectEndpoints({
  endpoints: (build) => ({
    listAlerts: build.query<List<Alert>, AlertQuery>({
      query: (query) => ({ url: '/alerts', query }),
      providesTags: ['Alert'],
    }),
    /** For the bell: how many are open, and the newest of them. */
    openAlerts: build.query<List<Alert>, void>({
      query: () => ({ url: '/alerts', query: { status: 'open', limit: 5 } }),
      providesTags: ['Alert'],
    }),
    settleAlert: build.mutation<Alert, { id: string; how: 'acknowledge' | 'resolve' }>({
      query: ({ id, how }) => ({ url: `/alerts/${id}/${how}`, method: 'POST', body: {} }),
      invalidatesTags: ['Alert'],
    }),
    listChannels: build.query<List<Channel>, void>({
      query: () => ({ url: '/notification-channels', query: { limit: 100 } }),
      providesTags: ['Channel'],
    }),
    createChannel: build.mutation<Channel & { secret: string }, NewChannel>({
      query: (body) => ({ url: '/notification-channels', method: 'POST', body }),
      invalidatesTags: ['Channel'],
    }),
    changeChannel: build.mutation<Channel, { id: string; changes: ChannelChanges }>({
      query: ({ id, changes }) => ({ url: `/notification-channels/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['Channel'],
    }),
    testChannel: build.mutation<ChannelTest, string>({
      query: (id) => ({ url: `/notification-channels/${id}/test`, method: 'POST', body: {} }),
      invalidatesTags: ['Channel'],
    }),
    listDeliveries: build.query<List<DeliveryView>, { id: string; status?: string; cursor?: string }>({
      query: ({ id, ...query }) => ({ url: `/notification-channels/${id}/deliveries`, query }),
      providesTags: ['Delivery'],
    }),
    redeliver: build.mutation<DeliveryView, { channelId: string; id: string }>({
      query: ({ channelId, id }) => ({
        url: `/notification-channels/${channelId}/deliveries/${id}/redeliver`,
        method: 'POST',
        body: {},
      }),
      invalidatesTags: ['Delivery', 'Channel'],
    }),
    removeChannel: build.mutation<null, string>({
      query: (id) => ({ url: `/notification-channels/${id}`, method: 'DELETE' }),
      invalidatesTags: ['Channel'],
    }),
  }),
})

export const {
  useListAlertsQuery,
  useOpenAlertsQuery,
  useSettleAlertMutation,
  useListChannelsQuery,
  useCreateChannelMutation,
  useChangeChannelMutation,
  useTestChannelMutation,
  useRemoveChannelMutation,
  useListDeliveriesQuery,
  useRedeliverMutation,
} = monitoringApi
