import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greeting } from './start.ts'

const url = 'http://127.0.0.1:8080'

test('who starts it for the first time reads how to get in; later only where it is', () => {
  const made = { email: 'ada@example.org', password: 'four random words here', file: '/data/initial-password' }
  const generated = greeting({ url, firstPassword: made, newAdministrator: null })
  for (const part of [url, made.email, made.password, made.file]) assert.ok(generated.includes(part), generated)

  const configured = greeting({ url, firstPassword: null, newAdministrator: 'ada@example.org' })
  assert.match(configured, /Sign in as +ada@example\.org/)
  assert.match(configured, /ORCHESTRATOR_ADMIN_PASSWORD/)

  const later = greeting({ url, firstPassword: null, newAdministrator: null })
  assert.ok(later.includes(url) && !later.includes('Sign in'), later)
})
