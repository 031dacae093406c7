import { defineErrors } from './app-error.ts'

/** Errors of the platform itself. */
export const errors = defineErrors({
  invalid_configuration: { status: 500, title: 'The configuration cannot be used' },
  migration_changed: { status: 500, title: 'A migration was changed after it was applied' },
  invalid_request: { status: 400, title: 'The request is malformed' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours' },
  not_found: { status: 404, title: 'Not found' },
  request_timeout: { status: 408, title: 'The request did not arrive in time', retryable: true },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'Only JSON is understood' },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  cannot_listen: { status: 500, title: 'The address cannot be listened on' },
  internal: { status: 500, title: 'Something went wrong here' },
  data_directory_in_use: { status: 503, title: 'Another process holds the data directory' },
  data_directory_not_writable: { status: 503, title: 'The data directory is not writable' },
  platform_not_supported: { status: 503, title: 'This platform lacks something that is needed' },
  database_unreachable: { status: 503, title: 'The database can not be reached', retryable: true },
  unavailable: { status: 503, title: 'Not available right now', retryable: true },
})
