import './setup/guard.mjs'
import { join } from 'node:path'
import { run } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm run test:chaos [-- --seed 7 --tasks 2000 --minutes 12]: sets up and runs test/chaos/main.ts.
await run(async () => {
  await setup()
  await handOver(['--conditions=source', join(root, 'test', 'chaos', 'main.ts'), ...process.argv.slice(2)])
})
