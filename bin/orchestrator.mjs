#!/usr/bin/env node
import '../scripts/setup/guard.mjs'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../scripts/setup/fail.mjs'
import { handOver, root } from '../scripts/setup/own-node.mjs'

// The command line, under the project's own Node: from the sources in a checkout, from dist in an installed package.
await run(async () => {
  const source = join(root, 'src', 'cli', 'main.ts')
  const program = existsSync(source) ? ['--conditions=source', source] : [join(root, 'dist', 'cli', 'main.js')]
  await handOver([...program, ...process.argv.slice(2)])
})
