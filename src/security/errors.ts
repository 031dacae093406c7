import { defineErrors } from '#platform/app-error.ts'

/** Errors of the security box; docs/errors/security.md says the cause of each and what to do. */
export const errors = defineErrors({
  unauthenticated: { status: 401, title: 'Sign-in needed' },
  invalid_credentials: { status: 401, title: 'E-mail address or password is wrong' },
  invalid_refresh: { status: 401, title: 'The session is over' },
  invalid_ticket: { status: 401, title: 'The ticket is not valid' },
  forbidden: { status: 403, title: 'Not allowed' },
  session_required: { status: 403, title: 'Only a signed-in person may do this' },
  cross_site: { status: 403, title: 'Requests from other sites are refused' },
  sign_in_throttled: { status: 429, title: 'Too many failed sign-ins', retryable: true },
  sign_in_busy: { status: 503, title: 'Too many sign-ins at once', retryable: true },
  weak_password: { status: 400, title: 'The password is too weak' },
  wrong_password: { status: 400, title: 'The current password is wrong' },
  user_not_found: { status: 404, title: 'No such user' },
  user_exists: { status: 409, title: 'The e-mail address is taken' },
  last_administrator: { status: 409, title: 'The last administrator must stay' },
  session_not_found: { status: 404, title: 'No such session' },
  token_not_found: { status: 404, title: 'No such API token' },
  too_many_tokens: { status: 409, title: 'Too many API tokens' },
  revocations_stale: { status: 503, title: 'Revocations can not be checked', retryable: true },
  invalid_master_key: { status: 500, title: 'The master key is not usable' },
  wrong_master_key: { status: 500, title: 'The master key does not fit this database' },
  sealed_value_broken: { status: 500, title: 'A sealed value can not be opened' },
  invalid_administrator: { status: 500, title: 'The first administrator can not be made' },
  audit_chain_broken: { status: 500, title: 'The audit chain is broken' },
  invalid_policy: { status: 500, title: 'A built-in policy is not valid' },
})
