import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareNames,
  checkLinks,
  documentedCodesOf,
  documentedSettingsOf,
  errorCodesOf,
  settingsOf,
} from '../../scripts/check/check-docs.ts'
import { checkLock, checkMigrations, checkSizes } from '../../scripts/check/check-files.ts'
import { checkImports } from '../../scripts/check/check-imports.ts'
import { importsOf } from '../../scripts/check/imports.ts'

const manifest = {
  dependencies: { zod: '4', pg: '8', '@aws-sdk/client-ec2': '3', fastify: '5' },
  devDependencies: { react: '19', 'openapi-types': '12', 'fast-check': '4' },
}
const judge = (file: string, text: string) => checkImports([{ file, text }], manifest).map(({ message }) => message)
const isFound = (file: string, text: string, pattern: RegExp) => {
  const found = judge(file, text)
  assert.equal(found.length, 1, `${file}: ${text} -> ${JSON.stringify(found)}`)
  assert.match(found[0] ?? '', pattern)
}

test('imports are found however they are written, and only where they are code', () => {
  const source = [
    "import a from 'a'",
    "import type { B } from 'b'",
    'import {',
    '  c,',
    "} from 'c'",
    "export { d } from 'd'",
    "import 'e'",
    // In two pieces, lest the check that is tested here finds them in this file.
    `const f = await ${'import'}('f')`,
    `type G = ${'import'}('g').G`,
    "// import x from 'x'",
    '/**',
    " * import y from 'y'",
    ' */',
    `const text = "import z from 'z'"`,
  ].join('\n')
  assert.deepEqual(
    importsOf(source).map(({ specifier, isTypeOnly, line }) => [specifier, isTypeOnly, line]),
    [
      ['a', false, 1],
      ['b', true, 2],
      ['c', false, 3],
      ['d', false, 6],
      ['e', false, 7],
      ['f', false, 8],
      ['g', true, 9],
    ],
  )
})

test('an import against the arrows is found', () => {
  isFound('src/tasks/plan.ts', `import { x } from '#resources/targets.ts'`, /tasks may not import resources/)
  isFound('src/contracts/task.ts', `import { x } from '#platform/ids.ts'`, /contracts may not import platform/)
  isFound('src/platform/log.ts', `import type { X } from '#security/access.ts'`, /platform may not import security/)
  isFound('web/tasks/page.tsx', `import { x } from '#tasks/plan.ts'`, /web may not import tasks/)
  isFound('src/tasks/plan.ts', `import { x } from '../resources/targets.ts'`, /by its name/)
  isFound('src/tasks/plan.ts', `import { x } from '../../scripts/setup.mjs'`, /out of the boxes/)
  assert.deepEqual(judge('src/gateway/gateway.ts', `import { x } from '#tasks/plan.ts'`), [])
  assert.deepEqual(judge('src/main.ts', `import { x } from '#gateway/gateway.ts'`), [])
})

test('only the top-level files of a box are its doors', () => {
  isFound('src/gateway/gateway.ts', `import { x } from '#tasks/plan/hash.ts'`, /private to tasks/)
  assert.deepEqual(judge('src/tasks/plan.ts', `import { x } from '#platform/db/database.ts'`), [])
  assert.deepEqual(judge('src/tasks/plan.ts', `import { x } from './plan/hash.ts'`), [])
})

test('a package in the wrong place, or in no package.json, is found', () => {
  isFound('src/tasks/plan.ts', `import { x } from '@aws-sdk/client-ec2'`, /may only be imported in src\/aws/)
  isFound('src/tasks/plan.ts', `import pg from 'pg'`, /src\/platform\/db/)
  isFound('src/tasks/plan.ts', `import React from 'react'`, /devDependency|web/)
  isFound('src/tasks/plan.ts', `import x from 'left-pad'`, /not in package\.json/)
  isFound('src/gateway/openapi.ts', `import { x } from 'openapi-types'`, /devDependency/)
  assert.deepEqual(judge('src/gateway/openapi.ts', `import type { X } from 'openapi-types'`), [])
  assert.deepEqual(judge('src/tasks/plan.ts', `import type { X } from 'fastify'`), [])
  assert.deepEqual(judge('src/tasks/plan.test.ts', `import fc from 'fast-check'`), [])
  isFound('src/tasks/plan.ts', `import fc from 'fast-check'`, /devDependency|tests/)
})

test('a link that leads nowhere is found, one in a code block is not a link', () => {
  const text =
    '# Some `Title`\n[good](package.json) [here](#some-title) [web](https://example.com)\n[bad](nowhere.md)\n[bad](#nothing)\n```\n[x](y)\n```\n'
  assert.deepEqual(
    checkLinks([{ file: 'README.md', text }], new URL('../..', import.meta.url).pathname).map(({ line, message }) => [
      line,
      message,
    ]),
    [
      [3, 'the link "nowhere.md" leads nowhere'],
      [4, 'no heading for the link "#nothing"'],
    ],
  )
})

test('errors and settings are compared in both directions', () => {
  const code = errorCodesOf([
    {
      file: 'src/x/errors.ts',
      text: `defineErrors({\n  not_found: { status: 404 },\n  too_late: {\n    status: 409,\n  },\n})`,
    },
  ])
  const docs = documentedCodesOf([{ file: 'docs/errors/x.md', text: '### `not_found`\ntext\n### `gone`\n' }])
  assert.deepEqual(
    compareNames({ what: 'error code', code, docs, docsPlace: 'docs' }).map(
      ({ file, message }) => `${file}: ${message}`,
    ),
    [
      'src/x/errors.ts: the error code `too_late` is not documented in docs',
      'docs/errors/x.md: documents the error code `gone`, which the code does not have',
    ],
  )
  assert.deepEqual(
    [
      ...settingsOf(
        { port: { name: 'ORCHESTRATOR_PORT', default: '8080' }, url: { name: 'DATABASE_URL', default: undefined } },
        'c.ts',
      ).keys(),
    ],
    [
      ...documentedSettingsOf([
        {
          file: 'd.md',
          text: '| name | default |\n| --- | --- |\n| `ORCHESTRATOR_PORT` | `8080` | The port. |\n| `DATABASE_URL` | none | x |\n',
        },
      ]).keys(),
    ],
  )
})

test('two migrations with one number, and one with a wrong name, are found', () => {
  const found = checkMigrations(['m/0001-a.sql', 'm/0002-b.sql', 'm/0002-c.sql', 'm/3-d.sql'])
  assert.deepEqual(
    found.map(({ file }) => file),
    ['m/0002-c.sql', 'm/3-d.sql'],
  )
})

test('a lock that lacks the entry of an optional dependency is found', () => {
  const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages })
  assert.equal(checkLock(lock({ '': { optionalDependencies: { a: '1' } }, 'node_modules/a': {} })).length, 0)
  assert.match(
    checkLock(lock({ 'node_modules/vite': { optionalDependencies: { '@x/win32': '1' } } }))[0]?.message ?? '',
    /"@x\/win32"/,
  )
})

test('a file that is too long is found', () => {
  assert.equal(
    checkSizes([
      { file: 'a.ts', text: 'x\n'.repeat(351) },
      { file: 'b.ts', text: 'x\n'.repeat(350) },
    ]).length,
    1,
  )
})
