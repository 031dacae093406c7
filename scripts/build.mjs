import './setup/guard.mjs'
import { spawn } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { buildWeb } from './build/web.mjs'
import { run, SetupError } from './setup/fail.mjs'
import { findOwnNode, root } from './setup/own-node.mjs'
import { setup } from './setup.mjs'

/** Files below src that are not TypeScript: migrations, policies, schemas. */
const listAssets = (/** @type {string} */ folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(ts|md)$|^tsconfig/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))

// npm run build: the server as JavaScript in dist and the web app in web/dist, for an installation without sources.
await run(async () => {
  await setup()
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  rmSync(join(root, '.cache', 'src.tsbuildinfo'), { force: true }) // else nothing is emitted where nothing changed
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const code = await new Promise((resolve) => {
    spawn(findOwnNode(), [tsc, '-b', 'src'], { cwd: root, stdio: 'inherit' }).on('exit', resolve)
  })
  if (code !== 0) throw new SetupError('The server could not be built; the reason stands above.')
  // Everything that is read at run time and is not TypeScript.
  for (const file of listAssets(join(root, 'src'))) cpSync(join(root, 'src', file), join(root, 'dist', file))
  await buildWeb()
})
