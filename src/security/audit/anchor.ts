import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Head } from './chain.ts'

const anchorSchema = z.object({
  seal: z.int().positive(),
  rows: z.int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})
/** A head of the chain that was seen, remembered outside the database. */
export type AnchorPoint = z.infer<typeof anchorSchema>

export type Anchor = {
  read: () => Promise<AnchorPoint | undefined>
  write: (point: AnchorPoint) => Promise<void>
}

export const pointOf = (head: Head): AnchorPoint => ({
  seal: head.seq,
  rows: head.totalRows,
  hash: head.head.toString('hex'),
})

/**
 * A file beside the database: whoever can only write to the database can put back an older head, with its valid MAC, and
 * cut off the rows after it; the anchor still knows how far the chain had come.
 */
export const createFileAnchor = (dataDir: string): Anchor => {
  const path = join(dataDir, 'audit-anchor.json')
  return {
    read: async () => {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      })
      return text === undefined ? undefined : anchorSchema.parse(JSON.parse(text))
    },
    write: async (point) => {
      await mkdir(dataDir, { recursive: true, mode: 0o700 })
      const draft = `${path}.${process.pid}`
      await writeFile(draft, `${JSON.stringify(point)}\n`, { mode: 0o600, flush: true })
      await rename(draft, path)
    },
  }
}
