import { defineErrors } from '#platform/app-error.ts'

/** Errors of the tasks box. Causes and remedies: docs/errors/tasks.md. */
export const errors = defineErrors({
  operation_not_found: { status: 404, title: 'No such operation' },
  unknown_operation: { status: 400, title: 'No such operation' },
  invalid_params: { status: 400, title: 'The parameters do not fit the operation' },
  invalid_text: { status: 400, title: 'Text that cannot be stored' },
  not_available: { status: 400, title: 'Not available in this version' },
  too_many_targets: { status: 413, title: 'Too many targets' },
  targets_denied: { status: 403, title: 'You may not do this to these targets' },
  plan_not_found: { status: 404, title: 'No such plan' },
  plan_outdated: { status: 409, title: 'The plan was made by another version of the operation' },
  plan_changed: { status: 409, title: 'The plan is no longer what was shown' },
  plan_is_undo: { status: 409, title: 'The plan of an undo is filed by the undo' },
  nothing_to_do: { status: 409, title: 'There is nothing to do' },
  task_not_found: { status: 404, title: 'No such task' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used for another request' },
  task_state: { status: 409, title: 'The task is not in a state for that' },
  approval_void: { status: 409, title: 'The approval is for another plan' },
  approval_expired: { status: 409, title: 'The plan is too old to be approved' },
  approval_not_allowed: { status: 403, title: 'You may not approve this task' },
  confirmation_needed: { status: 400, title: 'A typed confirmation is needed' },
  already_decided: { status: 409, title: 'You decided about this task before' },
  undo_impossible: { status: 409, title: 'The task cannot be undone' },
})
