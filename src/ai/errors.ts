import { defineErrors } from '#platform/app-error.ts'

/** Errors of the AI service. */
export const errors = defineErrors({
  forecast_account_not_found: { status: 404, title: 'No such account' },
  recommendation_not_found: { status: 404, title: 'No such recommendation' },
  recommendation_settled: { status: 409, title: 'There is nothing left to do' },
})
