import './setup/guard.mjs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, SetupError } from './setup/fail.mjs'
import { install } from './setup/install.mjs'
import { isInstalled } from './setup/installed.mjs'
import { once } from './setup/once.mjs'
import { checkPlatform, findOwnNode, root } from './setup/own-node.mjs'

/**
 * Everything the other commands need, in a few milliseconds when it is there already: the packages of the lock, and with
 * them the project's own Node. Has no dependencies and runs under any Node since 20.9.
 */
export const setup = async () => {
  checkPlatform()
  if (isReady()) return
  await once(join(root, '.cache', 'setup.lock'), console.error, async () => {
    if (isReady()) return // another process did it while this one waited
    await install(root)
    if (isReady()) return
    throw new SetupError(
      'The installation ended well but is not complete: the optional package with Node 26 for this platform is missing. ' +
        'Is `omit=optional` set in your npm configuration?',
    )
  })
}

const isReady = () => isInstalled(root) && findOwnNode() !== undefined

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(setup)
