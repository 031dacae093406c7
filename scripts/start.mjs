import './setup/guard.mjs'
import { join } from 'node:path'
import { run } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'
import { buildWebIfStale } from './build/web.mjs'

// npm start: sets up, builds the web app when it is missing or older than its sources, and runs the server.
await run(async () => {
  await setup()
  await buildWebIfStale()
  await handOver([join(root, 'bin', 'orchestrator.mjs'), 'start', ...process.argv.slice(2)])
})
