import { settings as known } from '#platform/config/settings.ts'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkImports } from './check-imports.ts'
import type { Manifest } from './check-imports.ts'
import {
  checkLinks,
  compareNames,
  documentedCodesOf,
  errorCodesOf,
  settingsOf,
  documentedSettingsOf,
} from './check-docs.ts'
import { checkLock, checkMigrations, checkSizes } from './check-files.ts'
import { readSources } from './source.ts'
import type { Finding } from './source.ts'

/** The checks that no tool does: imports, docs, migrations, the lock. By name, with what each found. */
export const runOwnChecks = (root: string): { name: string; findings: Finding[] }[] => {
  const read = (...patterns: string[]) => readSources(root, patterns)
  // The repository's own manifest.
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const markdown = read('*.md', 'docs/**/*.md', 'bench/*.md', 'src/**/*.md', 'web/**/*.md')
  const settings = compareNames({
    what: 'setting',
    code: settingsOf(known, 'src/platform/config/settings.ts'),
    docs: documentedSettingsOf(read('docs/configuration.md')),
    docsPlace: 'docs/configuration.md',
  })
  return [
    {
      name: 'imports',
      findings: checkImports(read('src/**/*.ts', 'web/**/*.ts', 'web/**/*.tsx', 'test/**/*.ts'), manifest),
    },
    { name: 'links', findings: checkLinks(markdown, root) },
    {
      name: 'errors',
      findings: compareNames({
        what: 'error code',
        code: errorCodesOf(read('src/*/errors.ts', 'src/*/**/errors.ts')),
        docs: documentedCodesOf(read('docs/errors.md', 'docs/errors/*.md')),
        docsPlace: 'docs/errors/*.md (a heading ### `code`)',
      }),
    },
    { name: 'settings', findings: settings },
    { name: 'migrations', findings: checkMigrations(read('src/platform/db/migrations/*').map(({ file }) => file)) },
    { name: 'lock', findings: lockFindings(root) },
    {
      name: 'sizes',
      findings: checkSizes(read('src/**/*.ts', 'web/**/*.ts', 'web/**/*.tsx', 'scripts/**/*.ts', 'scripts/**/*.mjs')),
    },
  ]
}

/** Packages of their own (bench, infra) have locks of their own. */
const lockFindings = (root: string): Finding[] =>
  ['package-lock.json', 'bench/package-lock.json', 'infra/package-lock.json']
    .filter((file) => existsSync(join(root, file)))
    .flatMap((file) => checkLock(readFileSync(join(root, file), 'utf8')).map((finding) => ({ ...finding, file })))
