import './setup/guard.mjs'
import { join } from 'node:path'
import { run } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm test [-- stage or part of a file name ...]: sets up and runs the tests; see test/main.ts.
await run(async () => {
  await setup()
  await handOver(['--conditions=source', join(root, 'scripts', 'test', 'main.ts'), ...process.argv.slice(2)])
})
