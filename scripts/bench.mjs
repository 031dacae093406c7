import './setup/guard.mjs'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run, SetupError } from './setup/fail.mjs'
import { install } from './setup/install.mjs'
import { isInstalled } from './setup/installed.mjs'
import { once } from './setup/once.mjs'
import { handOver, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

// npm run bench <name> [-- arguments]: runs bench/<name>.ts. What is compared with is a package of its own in bench/, installed
// when it is first wanted; the models are compared with published figures and need none of it.
const withoutPeers = ['anomaly', 'forecast', 'rightsizing']
await run(async () => {
  const folder = join(root, 'bench')
  const [name, ...rest] = process.argv.slice(2)
  if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(join(folder, `${name}.ts`))) {
    const names = existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
          .map((file) => file.slice(0, -3))
      : []
    throw new SetupError(
      `${name === undefined ? 'Which' : `There is no benchmark "${name}". Which`} one? npm run bench ${names.join(' | ')}`,
    )
  }
  await setup()
  if (!withoutPeers.includes(name) && existsSync(join(folder, 'package-lock.json')) && !isInstalled(folder)) {
    await once(join(root, '.cache', 'bench.lock'), console.error, async () => {
      if (!isInstalled(folder)) await install(folder)
    })
  }
  await handOver(['--conditions=source', join(folder, `${name}.ts`), ...rest])
})
