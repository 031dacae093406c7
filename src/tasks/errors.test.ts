import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { errors } from './errors.ts'

test('docs/errors/tasks.md explains every code, with its status, and no other', async () => {
  const page = await readFile(new URL('../../docs/errors/tasks.md', import.meta.url), 'utf8')
  const explained = [...page.matchAll(/^### `([a-z_]+)`\n\*\*(\d{3})\.\*\*/gm)].map(
    ([, code, status]) => `${code} ${status}`,
  )
  const defined = Object.entries(errors.definitions).map(([code, { status }]) => `${code} ${status}`)
  assert.deepEqual(new Set(explained), new Set(defined))
  assert.equal(explained.length, defined.length)
})
