import type { AuditRow } from '#contracts/audit.ts'

const csvColumns = [
  'id', 'at', 'actor_id', 'actor_email', 'actor_via', 'credential_id', 'action', 'subject_type', 'subject_id', 'outcome',
  'request_id', 'details', 'is_sealed',
] // prettier-ignore

/** One JSON object a line. */
export async function* toNdjson(rows: AsyncIterable<AuditRow>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

/** RFC 4180, with a header line. */
export async function* toCsv(rows: AsyncIterable<AuditRow>): AsyncGenerator<string> {
  yield `${csvColumns.join(',')}\r\n`
  for await (const { id, at, actor, action, subject, outcome, requestId, details, isSealed } of rows) {
    const values = [
      id, at, actor.id, actor.email, actor.via, actor.credentialId, action, subject.type, subject.id, outcome, requestId,
      JSON.stringify(details), String(isSealed),
    ] // prettier-ignore
    yield `${values.map((value) => field(value ?? '')).join(',')}\r\n`
  }
}

/** A spreadsheet takes a text that begins like this for a formula; an apostrophe keeps it a text (OWASP, CSV injection). */
const field = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
