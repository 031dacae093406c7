import './setup/guard.mjs'
import { join } from 'node:path'
import { run } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm run check: types, lint, format, imports, docs, migrations and the lock; see check/main.ts.
await run(async () => {
  await setup()
  await handOver(['--conditions=source', join(root, 'scripts', 'check', 'main.ts'), ...process.argv.slice(2)])
})
