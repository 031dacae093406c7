import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Source = { file: string; text: string }

/** A finding: where, and what is wrong with what to do. */
export type Finding = { file: string; line?: number; message: string }

/** The files that match, from the root, without what is generated or installed. */
export const readSources = (root: string, patterns: string[]): Source[] =>
  globSync(patterns, { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist|\.cache|\.git)$/.test(path) })
    .toSorted()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
