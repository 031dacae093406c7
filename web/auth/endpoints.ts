import type { ApiToken, Me, NewToken, Session } from '#contracts/auth.ts'
import type { List } from '#contracts/list.ts'
import { api } from '../api/api.ts'

export const authApi = api.injectEndpoints({
  endpoints: (build) => ({
    /** Also says what one may do, which decides what the console offers. */
    me: build.query<Me, void>({ query: () => ({ url: '/auth/me' }), providesTags: ['Me'] }),
    changePassword: build.mutation<null, { current: string; new: string }>({
      query: (body) => ({ url: '/auth/password', method: 'POST', body }),
      invalidatesTags: ['Session'],
    }),
    listSessions: build.query<List<Session>, void>({
      query: () => ({ url: '/auth/sessions' }),
      providesTags: ['Session'],
    }),
    endSession: build.mutation<null, string>({
      query: (id) => ({ url: `/auth/sessions/${id}`, method: 'DELETE' }),
      invalidatesTags: ['Session'],
    }),
    endOtherSessions: build.mutation<{ ended: number }, void>({
      query: () => ({ url: '/auth/sessions', method: 'DELETE' }),
      invalidatesTags: ['Session'],
    }),
    listTokens: build.query<List<ApiToken>, void>({ query: () => ({ url: '/auth/tokens' }), providesTags: ['Token'] }),
    createToken: build.mutation<ApiToken & { token: string }, NewToken>({
      query: (body) => ({ url: '/auth/tokens', method: 'POST', body }),
      invalidatesTags: ['Token'],
    }),
    revokeToken: build.mutation<null, string>({
      query: (id) => ({ url: `/auth/tokens/${id}`, method: 'DELETE' }),
      invalidatesTags: ['Token'],
    }),
  }),
})

export const {
  useMeQuery,
  useChangePasswordMutation,
  useListSessionsQuery,
  useEndSessionMutation,
  useEndOtherSessionsMutation,
  useListTokensQuery,
  useCreateTokenMutation,
  useRevokeTokenMutation,
} = authApi
