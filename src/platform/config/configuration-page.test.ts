import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { describeConfig } from './read-config.ts'

/** A table cell without its markup. */
const plain = (text: string): string => text.replaceAll(/[`\\]/g, '').trim()

test('docs/configuration.md has a row for every setting, with its default and its meaning, and no other', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `([A-Z][A-Z0-9_]*)` \| (.+?) \| (.+) \|$/gm)]
  const documented = rows.map(([, name, standard = '', meaning = '']) => [name, plain(standard), plain(meaning)])
  const known = describeConfig({}).map((setting) => [
    setting.name,
    setting.default ?? 'none',
    plain(setting.description),
  ])
  const byName = ([a = '']: (string | undefined)[], [b = '']: (string | undefined)[]) => a.localeCompare(b)
  assert.deepEqual(documented.toSorted(byName), known.toSorted(byName))
})
