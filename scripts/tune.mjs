import './setup/guard.mjs'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run, SetupError } from './setup/fail.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm run tune <name> [-- arguments]: runs bench/tune/<name>.ts, which chooses a model's settings on labelled data.
await run(async () => {
  const [name, ...rest] = process.argv.slice(2)
  const file = join(root, 'bench', 'tune', `${name}.ts`)
  if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(file)) {
    throw new SetupError(`There is nothing to tune named "${name ?? ''}". npm run tune anomaly`)
  }
  await setup()
  await handOver(['--conditions=source', file, ...rest])
})
