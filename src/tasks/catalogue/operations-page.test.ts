import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createCatalogue } from '../catalogue.ts'
import { operationsPage } from './operations-page.ts'

const page = new URL('../../../docs/operations.md', import.meta.url)

test('docs/operations.md says what the definitions say (UPDATE_DOCS=1 writes it)', async () => {
  const expected = operationsPage(createCatalogue().list())
  if (process.env['UPDATE_DOCS']) await writeFile(page, expected)
  assert.equal(await readFile(page, 'utf8'), expected)
})
