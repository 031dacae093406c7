import { defineErrors } from '#platform/app-error.ts'

/** Errors of the resource service. */
export const errors = defineErrors({
  invalid_query: { status: 400, title: 'The query is malformed' },
  no_state_then: { status: 404, title: 'The resource was not there then, or that is not kept' },
  resource_not_found: { status: 404, title: 'No such resource' },
  organization_unreadable: { status: 409, title: 'The organization can not be listed' },
  no_metrics: { status: 400, title: 'This type of resource has no such metric' },
  no_logs: { status: 400, title: 'This type of resource has no logs' },
  view_not_found: { status: 404, title: 'No such view' },
  view_name_taken: { status: 409, title: 'A view has that name already' },
  too_many_views: { status: 409, title: 'Too many views' },
  too_many_exports: { status: 429, title: 'Too many exports at once', retryable: true },
  too_many_matches: { status: 400, title: 'Too many resources match' },
  ambiguous_target: { status: 400, title: 'An id means more than one resource' },
  inventory_not_ready: { status: 503, title: 'The inventory is still being read for the first time', retryable: true },
})
