import './setup/guard.mjs'
import { join } from 'node:path'
import { run } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm run format [-- path ...]: writes the files in the repository's format.
await run(async () => {
  await setup()
  await handOver([join(root, 'node_modules', 'oxfmt', 'bin', 'oxfmt'), ...process.argv.slice(2)])
})
