import { root } from '../setup/own-node.mjs'
import { runOwnChecks } from './own-checks.ts'
import { runTool } from './programs.ts'

// npm run check [-- name ...]: everything that can be told without running the code. Says one line for what is good and all
// the findings of what is not; names choose some of the checks.

const words = process.argv.slice(2)
const isWanted = (name: string): boolean => words.length === 0 || words.includes(name)

const tools: [name: string, program: string, args: string[]][] = [
  ['types', 'typescript/bin/tsc', ['-b', '--pretty', 'false']],
  ['lint', 'oxlint/bin/oxlint', ['--type-aware', '--format=unix']],
  ['format', 'oxfmt/bin/oxfmt', ['--check']],
]

const running = tools
  .filter(([name]) => isWanted(name))
  .map(([name, program, args]) => runTool(root, name, program, args))
let isGood = true

for (const { name, findings } of runOwnChecks(root)) {
  if (!isWanted(name)) continue
  console.log(`${name.padEnd(11)}${findings.length === 0 ? 'good' : `${findings.length} found`}`)
  for (const { file, line, message } of findings)
    console.log(`  ${file}${line === undefined ? '' : `:${line}`}: ${message}`)
  isGood &&= findings.length === 0
}

for (const result of await Promise.all(running)) {
  console.log(`${result.name.padEnd(11)}${result.isGood ? 'good' : 'findings'} (${result.seconds.toFixed(1)} s)`)
  if (!result.isGood) console.log(result.output.replaceAll(/^/gm, '  '))
  isGood &&= result.isGood
}

if (!isGood) console.log('\nThe check found something. `npm run format` mends the format.')
process.exitCode = isGood ? 0 : 1
