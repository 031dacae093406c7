import type { Role } from '#contracts/principal.ts'

/** Who may call a route: nobody needs to be known, anyone who is signed in, or these roles. */
export type Callers = 'public' | 'signed in' | readonly Role[]

const readers: readonly Role[] = ['viewer', 'operator', 'approver', 'auditor', 'admin']
const operators: readonly Role[] = ['operator', 'admin']
const approvers: readonly Role[] = ['approver', 'admin']
const auditors: readonly Role[] = ['auditor', 'admin']
const admins: readonly Role[] = ['admin']

/**
 * Every route that the server has, and who may call it. A new route without an entry here fails the tests: decide who may
 * call it, and write that down. (What a caller may do with one resource or another is tested where the rights are.)
 */
export const accessTable: Record<string, Callers> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /version': 'public',
  'GET /*': 'public', // the web app's files
  'ALL /api/*': 'public', // answers 404
  'GET /api/docs': 'public',
  'GET /api/docs/json': 'public',
  'GET /api/docs/yaml': 'public',
  'GET /api/docs/static/*': 'public',
  'GET /api/docs/static/index.html': 'public',
  'GET /api/docs/static/swagger-initializer.js': 'public',

  'ALL /api/v1/*': 'signed in', // answers 404
  'GET /api/v1/openapi.json': 'public',
  'GET /api/v1/live': 'signed in',

  'POST /api/v1/auth/login': 'public',
  'POST /api/v1/auth/refresh': 'public',
  'POST /api/v1/auth/logout': 'public',
  'GET /api/v1/auth/me': 'signed in',
  'POST /api/v1/auth/password': 'signed in',
  'POST /api/v1/auth/socket-ticket': 'signed in',
  'GET /api/v1/auth/sessions': 'signed in',
  'DELETE /api/v1/auth/sessions': 'signed in',
  'DELETE /api/v1/auth/sessions/:id': 'signed in',
  'GET /api/v1/auth/tokens': 'signed in',
  'POST /api/v1/auth/tokens': 'signed in',
  'DELETE /api/v1/auth/tokens/:id': 'signed in',

  'GET /api/v1/users': auditors,
  'POST /api/v1/users': admins,
  'GET /api/v1/users/:id': auditors,
  'PATCH /api/v1/users/:id': admins,
  'DELETE /api/v1/users/:id': admins,
  'POST /api/v1/users/:id/password': admins,
  'GET /api/v1/roles': readers,
  'GET /api/v1/policies': readers,
  'POST /api/v1/policies/test': readers,
  'GET /api/v1/audit': auditors,
  'GET /api/v1/audit/verify': auditors,
  'GET /api/v1/audit/export': auditors,

  'GET /api/v1/operations': readers,
  'GET /api/v1/operations/:name': readers,
  'POST /api/v1/plans': operators,
  'GET /api/v1/plans/:hash': readers,
  'POST /api/v1/tasks': operators,
  'GET /api/v1/tasks': readers,
  'GET /api/v1/tasks/:id': readers,
  'GET /api/v1/tasks/:id/items': readers,
  'GET /api/v1/tasks/:id/events': readers,
  'POST /api/v1/tasks/:id/approve': approvers,
  'POST /api/v1/tasks/:id/reject': approvers,
  'POST /api/v1/tasks/:id/cancel': operators,
  'POST /api/v1/tasks/:id/pause': operators,
  'POST /api/v1/tasks/:id/resume': operators,
  'POST /api/v1/tasks/:id/undo': operators,
  'POST /api/v1/tasks/:id/replan': operators,
  'GET /api/v1/freezes': readers,
  'POST /api/v1/freezes': admins,
  'GET /api/v1/freezes/:id': readers,
  'PATCH /api/v1/freezes/:id': admins,
  'DELETE /api/v1/freezes/:id': admins,
  'POST /api/v1/tasks/:id/retry': operators,
  'GET /api/v1/queue': readers,
  'GET /api/v1/dead-letters': readers,
  'GET /api/v1/dead-letters/:id': readers,
  'POST /api/v1/dead-letters/:id/requeue': operators,
  'POST /api/v1/dead-letters/:id/dismiss': operators,

  'GET /api/v1/schedules': readers,
  'POST /api/v1/schedules': operators,
  'POST /api/v1/schedules/preview': readers,
  'GET /api/v1/schedules/:id': readers,
  'PATCH /api/v1/schedules/:id': operators,
  'DELETE /api/v1/schedules/:id': operators,
  'POST /api/v1/schedules/:id/pause': operators,
  'POST /api/v1/schedules/:id/resume': operators,
  'POST /api/v1/schedules/:id/run': operators,
  'GET /api/v1/schedules/:id/runs': readers,
  'POST /api/v1/schedules/:id/standing-approval': operators,
  'POST /api/v1/schedules/:id/approve': approvers,
  'POST /api/v1/schedules/:id/reject': approvers,
  'GET /api/v1/on-off-plans': readers,
  'POST /api/v1/on-off-plans': operators,
  'POST /api/v1/on-off-plans/preview': operators,
  'GET /api/v1/on-off-plans/:id': readers,
  'PATCH /api/v1/on-off-plans/:id': operators,
  'DELETE /api/v1/on-off-plans/:id': operators,
  'POST /api/v1/on-off-plans/:id/pause': operators,
  'POST /api/v1/on-off-plans/:id/resume': operators,

  'GET /api/v1/resources': readers,
  'GET /api/v1/resources/summary': readers,
  'GET /api/v1/resources/facets': readers,
  'GET /api/v1/resources/query/suggest': readers,
  'POST /api/v1/resources/refresh': operators,
  'GET /api/v1/resources/changes': readers,
  'GET /api/v1/resources/:id/history': readers,
  'GET /api/v1/resources/:id': readers,
  'GET /api/v1/resources/:id/relations': readers,
  'GET /api/v1/resources/:id/logs': readers,
  'GET /api/v1/resources/:id/metrics': readers,
  'GET /api/v1/accounts': readers,
  'POST /api/v1/accounts': admins,
  'GET /api/v1/accounts/:id': readers,
  'PATCH /api/v1/accounts/:id': admins,
  'DELETE /api/v1/accounts/:id': admins,
  'POST /api/v1/accounts/:id/test': admins,

  'GET /api/v1/alerts': readers,
  'POST /api/v1/alerts/:id/acknowledge': admins,
  'POST /api/v1/alerts/:id/resolve': admins,
  'GET /api/v1/notification-channels': admins,
  'POST /api/v1/notification-channels': admins,
  'PATCH /api/v1/notification-channels/:id': admins,
  'DELETE /api/v1/notification-channels/:id': admins,
  'POST /api/v1/notification-channels/:id/test': admins,
  'GET /api/v1/notification-channels/:id/deliveries': admins,
  'POST /api/v1/notification-channels/:id/deliveries/:delivery/redeliver': admins,

  'GET /api/v1/sandbox': admins,
  'GET /api/v1/sandbox/faults': admins,
  'POST /api/v1/sandbox/faults': admins,
  'DELETE /api/v1/sandbox/faults': admins,
  'DELETE /api/v1/sandbox/faults/:id': admins,
  'GET /api/v1/sandbox/effects': admins,

  // Between the processes of one installation: public to the server's own sign-in, they ask for an internal token.
  'POST /internal/sandbox/calls': 'public',
  'GET /internal/sandbox/faults': 'public',
  'POST /internal/sandbox/faults': 'public',
  'DELETE /internal/sandbox/faults': 'public',
  'GET /internal/sandbox/info': 'public',
  'POST /internal/sandbox/effects': 'public',
}
