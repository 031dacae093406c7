import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import { createSecurity } from '#security/security.ts'

/** The policies that the product ships with, as a box gets them. */
export const realAccess = async (db: Database): Promise<Access> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-access-'))
  try {
    const masterKey = { value: Buffer.alloc(32, 1).toString('base64') }
    const { access } = await createSecurity({ db, log: createLog({ level: 'silent' }), dataDir, masterKey })
    return access
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}
