import { defineErrors } from '#platform/app-error.ts'

/** Errors of the monitoring box. */
export const errors = defineErrors({
  alert_not_found: { status: 404, title: 'No such alert' },
  alert_resolved: { status: 409, title: 'The alert is resolved already' },
  channel_not_found: { status: 404, title: 'No such notification channel' },
  delivery_not_found: { status: 404, title: 'No such delivery' },
  delivery_state: { status: 409, title: 'The delivery is not over' },
  channel_url_refused: { status: 400, title: 'Notifications are not sent to that address' },
})
