import type { AuditRow, Verification } from '#contracts/audit.ts'
import type { List } from '#contracts/list.ts'
import type { NewUser, User, UserChange } from '#contracts/user.ts'
import { api } from '../api/api.ts'

export type AuditQuery = {
  q?: string
  outcome?: string
  actor?: string
  action?: string
  cursor?: string
  limit?: number
}

const securityApi = api.injectEndpoints({
  endpoints: (build) => ({
    listUsers: build.query<List<User>, { q?: string; cursor?: string; limit?: number }>({
      query: (query) => ({ url: '/users', query }),
      providesTags: ['User'],
    }),
    createUser: build.mutation<User, NewUser>({
      query: (body) => ({ url: '/users', method: 'POST', body }),
      invalidatesTags: ['User'],
    }),
    changeUser: build.mutation<User, { id: string; changes: UserChange }>({
      query: ({ id, changes }) => ({ url: `/users/${id}`, method: 'PATCH', body: changes }),
      invalidatesTags: ['User', 'Me'],
    }),
    listAudit: build.query<List<AuditRow>, AuditQuery>({
      query: (query) => ({ url: '/audit', query }),
      providesTags: ['Audit'],
    }),
    verifyAudit: build.mutation<Verification, void>({ query: () => ({ url: '/audit/verify' }) }),
  }),
})

export const {
  useListUsersQuery,
  useCreateUserMutation,
  useChangeUserMutation,
  useListAuditQuery,
  useVerifyAuditMutation,
} = securityApi
