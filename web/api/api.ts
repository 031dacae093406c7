import { createApi } from '@reduxjs/toolkit/query/react'
import { baseQuery } from './base-query.ts'

/**
 * The console's one cache of what the server said. Each box adds its endpoints (`tasks/endpoints.ts`, ...), so that a
 * page's code carries only what it uses.
 */
export const api = createApi({
  reducerPath: 'api',
  baseQuery,
  tagTypes: [
    'Task',
    'TaskItems',
    'TaskEvents',
    'TaskList',
    'Freeze',
    'Queue',
    'Operation',
    'Resource',
    'View',
    'Account',
    'Me',
    'User',
    'Token',
    'Session',
    'Alert',
    'Channel',
    'Delivery',
    'Schedule',
    'DeadLetter',
    'Audit',
  ],
  keepUnusedDataFor: 60,
  // A page that is opened again shows what it had at once, and reads it anew: nobody told it meanwhile.
  refetchOnMountOrArgChange: true,
  endpoints: () => ({}),
})

/** In seconds: what changes with a new version only, such as the operations. */
export const rarelyChanges = 3600
