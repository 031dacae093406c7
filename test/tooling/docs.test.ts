import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { arrows } from '../../scripts/check/arrows.mjs'
import { checkLinks } from '../../scripts/check/check-docs.ts'
import { readSources } from '../../scripts/check/source.ts'
import { root } from '../../scripts/setup/own-node.mjs'

const read = (file: string): Promise<string> => readFile(`${root}/${file}`, 'utf8')

test('the README names exactly two commands of npm, and both are there', async () => {
  const readme = await read('README.md')
  const named = [...readme.matchAll(/(?:^|`)(np[mx] [^`\n]+)/gm)].map(([, command]) => command)
  assert.deepEqual([...new Set(named)].toSorted(), ['npm start', 'npm test'])
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> } // ours
  assert.ok(scripts['start'] !== undefined && scripts['test'] !== undefined)
})

test('the commands of the README are commands of the command line', async () => {
  const program = readSources(root, ['src/cli/**/*.ts'])
    .map(({ text }) => text)
    .join('\n')
  const lines = [...(await read('README.md')).matchAll(/^orchestrator (.+)$/gm)].map(([, words = '']) => words)
  assert.ok(lines.length >= 5)
  for (const line of lines) {
    const [first = '', second = ''] = line.split(' ')
    const words = ['task', 'audit'].includes(first) ? [first, second] : [first]
    for (const word of words) assert.match(program, new RegExp(`'${word}[ ']`), `orchestrator ${line}`)
    for (const [option] of line.matchAll(/--[a-z-]+/g)) assert.match(program, new RegExp(`${option}\\b`), option)
  }
})

test('the table of arrows in ARCHITECTURE.md is the one that imports are checked against', async () => {
  const rows = [...(await read('ARCHITECTURE.md')).matchAll(/^\| `(\w+)` \| ([a-z, -]+) \|$/gm)]
  const told = rows.map(([, box = '', boxes = '']) => [box, boxes === '-' ? [] : boxes.split(', ')])
  assert.deepEqual(Object.fromEntries(told), arrows)
})

test('relative links in the documentation lead somewhere', () => {
  const pages = readSources(root, ['*.md', 'docs/**/*.md'])
  assert.ok(pages.length > 20)
  assert.deepEqual(checkLinks(pages, root), [])
})
