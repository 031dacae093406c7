import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { root } from '../../scripts/setup/own-node.mjs'
import { signIn } from '../support/client.ts'
import { freePort } from '../support/free-port.ts'
import { temporaryDirectory } from '../support/installation.ts'
import { adminPassword, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'

const run = promisify(execFile)
let server: Awaited<ReturnType<typeof startServer>>
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let receiver: ChildProcess | undefined
before(async () => {
  server = await startServer()
  directory = await temporaryDirectory()
})
after(async () => {
  receiver?.kill()
  await server.remove()
  await directory.remove()
})

/** The blocks of code of the page, in their order. */
const blocksOf = async (language: string): Promise<string[]> => {
  const page = await readFile(`${root}/docs/how-to/integrate.md`, 'utf8')
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code)
}
const shell = async (code: string, env: Record<string, string>) => {
  const { stdout } = await run('bash', ['-c', code], { env: { PATH: process.env['PATH'] ?? '', ...env } })
  return JSON.parse(stdout) as { id: string; secret?: string; status?: string }
}

test('what the page says works as it stands there', async () => {
  const admin = await signIn(server.url, 'admin@localhost', adminPassword)
  const { token } = await admin.ok('POST', '/auth/tokens', {
    name: 'nightly',
    scopes: ['task.create', 'task.read', 'resource.read'],
    expiresInDays: 1,
  })
  const adminToken = (await admin.ok('POST', '/auth/tokens', { name: 'admin', scopes: null, expiresInDays: 1 })).token
  const instances = await waitFor('the inventory', async () => {
    const found = await admin.resources('type:ec2.instance state:running', 1)
    return found.items.length > 0 && found.items
  })
  const [fileIt = '', addChannel = ''] = await blocksOf('bash')
  const [program = ''] = await blocksOf('js')

  const port = await freePort()
  const channel = await shell(addChannel, {
    ORCHESTRATOR_URL: server.url,
    ADMIN_TOKEN: adminToken,
    RECEIVER_URL: `http://127.0.0.1:${port}/`,
  })
  assert.match(channel.secret ?? '', /^whsec_/)
  const file = join(directory.path, 'receiver.mjs')
  await writeFile(file, program)
  let said = ''
  receiver = spawn(process.execPath, [file], {
    env: { PORT: String(port), WEBHOOK_SECRET: channel.secret ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  receiver.stdout?.on('data', (text: Buffer) => void (said += text.toString()))
  const forged = () =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"type":"task.finished","data":{}}' })
  const refused = await waitFor('the receiver', () =>
    forged().then(
      (answer) => answer.status,
      () => false,
    ),
  )
  assert.equal(refused, 401)

  const env = { ORCHESTRATOR_URL: server.url, ORCHESTRATOR_TOKEN: token, ACCOUNT: instances[0]?.account ?? '' }
  const task = await shell(fileIt, env)
  assert.equal((await shell(fileIt, env)).id, task.id, 'the same key gives the same task')
  const ended = await admin.ended(task.id)
  await waitFor('the webhook', async () => said.includes(`task.finished ${task.id} ${ended.status}`))
  assert.deepEqual(
    said
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['task.created', 'task.finished'],
  )
})
