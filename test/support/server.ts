import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from '#main.ts'
import type { Started } from '#main.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from './database.ts'

export const adminPassword = 'correct-horse-battery-staple'

/** The whole server in this process, on a free port and a fresh database, with a small and fast sandbox. */
export const startServer = async (
  env: Record<string, string> = {},
): Promise<Started & { remove: () => Promise<void> }> => {
  const database = await freshDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-'))
  const started = await start(
    {
      DATABASE_URL: database.url,
      ORCHESTRATOR_DATA_DIR: dataDir,
      ORCHESTRATOR_PORT: '0',
      ORCHESTRATOR_ADMIN_PASSWORD: adminPassword,
      ORCHESTRATOR_SANDBOX_SIZE: '500',
      ORCHESTRATOR_SANDBOX_SPEED: '1000',
      ...env,
    },
    { log: createLog({ level: 'fatal' }) },
  )
  return {
    ...started,
    remove: async () => {
      await started.stop()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Signs in and returns the access token. */
export const signIn = async (url: string, email: string, password: string): Promise<string> => {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  if (!answer.ok) throw new Error(`Sign-in of ${email}: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { accessToken: string }).accessToken
}
