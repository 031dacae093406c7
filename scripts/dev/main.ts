import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../setup/own-node.mjs'

// The server restarts when its sources change; Vite serves the web app and forwards the API to it.

const port = process.env['ORCHESTRATOR_PORT'] ?? '8080'
const start = (args: string[], env: NodeJS.ProcessEnv = {}, cwd = root): ChildProcess =>
  spawn(process.execPath, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } })

const children = [
  start([
    '--conditions=source',
    '--watch',
    '--watch-path=src',
    '--watch-preserve-output',
    'src/cli/main.ts',
    'start',
    ...process.argv.slice(2),
  ]),
  start(
    [join(root, 'node_modules/vite/bin/vite.js')],
    { ORCHESTRATOR_URL: process.env['ORCHESTRATOR_URL'] ?? `http://127.0.0.1:${port}` },
    join(root, 'web'),
  ),
]

let isEnding = false
const endAll = (): void => {
  isEnding = true
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endAll)
for (const child of children) {
  child.once('exit', (code) => {
    if (!isEnding) process.exitCode = code ?? 1
    endAll() // one without the other is of no use
  })
}
