import { basename } from 'node:path'
import type { Finding } from './source.ts'

/** Each migration has a number of its own and a name in the form that the migrator reads. */
export const checkMigrations = (files: readonly string[]): Finding[] => {
  const byNumber = new Map<string, string>()
  return files.flatMap((file): Finding[] => {
    const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(basename(file))?.[1]
    if (number === undefined)
      return [{ file, message: 'a migration is called NNNN-some-name.sql; this one would not be run' }]
    const other = byNumber.get(number)
    byNumber.set(number, file)
    return other === undefined ? [] : [{ file, message: `the number ${number} is taken by ${basename(other)}` }]
  })
}

type Lock = { packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }> }

/**
 * Every optional dependency that any entry names is an entry itself. A lock made while the registry lacks a platform's
 * binary leaves it out; `npm install` hides that, and `npm ci` fails on somebody else's machine.
 */
export const checkLock = (text: string): Finding[] => {
  const { packages } = JSON.parse(text) as Lock // npm's own format, version 3
  const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)))
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !names.has(name))
      .map((name) => ({
        file: 'package-lock.json',
        message: `"${path || 'package.json'}" names the optional "${name}", which has no entry: npm ci fails. Pin a version whose platform packages all exist.`,
      })),
  )
}

/** A file of ours is one idea. Test files tell longer stories. */
export const checkSizes = (sources: readonly { file: string; text: string }[], limit = 350): Finding[] =>
  sources.flatMap(({ file, text }) => {
    const lines = text.split('\n').length - 1
    return lines > limit && !file.includes('.test.')
      ? [{ file, message: `${lines} lines; above ${limit} a file is two ideas` }]
      : []
  })
