import { defineErrors } from '#platform/app-error.ts'

/** Errors of the gateway. docs/errors/gateway.md says what each means and what to do. */
export const errors = defineErrors({
  service_unavailable: { status: 503, title: 'A service is not available right now', retryable: true },
  too_many_sign_ins: { status: 429, title: 'Too many failed sign-ins', retryable: true },
  origin_not_allowed: { status: 403, title: 'The request comes from another site' },
  upgrade_required: { status: 426, title: 'This address speaks WebSocket' },
  tls_not_usable: { status: 500, title: 'TLS cannot be set up' },
})
