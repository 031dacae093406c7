import './setup/guard.mjs'
import { join } from 'node:path'
import { run } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm run dev: the server, restarted on changes, and the web app by Vite; see dev/main.ts.
await run(async () => {
  await setup()
  await handOver([join(root, 'scripts', 'dev', 'main.ts'), ...process.argv.slice(2)])
})
