import { defineErrors } from '#platform/app-error.ts'

/** Errors of the AWS box. What AWS itself answers is an AwsFailure. */
export const errors = defineErrors({
  account_not_found: { status: 404, title: 'No such account' },
  account_exists: { status: 409, title: 'The account is known already' },
  account_invalid: { status: 400, title: 'The account is not valid' },
  account_identity: { status: 502, title: 'AWS does not accept the credentials of the account' },
  fault_not_found: { status: 404, title: 'No such fault' },
  sandbox_in_use: { status: 409, title: 'Another process holds the sandbox' },
  sandbox_store: { status: 500, title: 'The sandbox can not keep its state' },
  sandbox_unreachable: { status: 503, title: 'The sandbox is not reachable', retryable: true },
  sandbox_unauthenticated: { status: 401, title: 'The sandbox takes calls of this installation only' },
})
