import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether node_modules is what the lock says. npm writes what it installed to node_modules/.package-lock.json as its very
 * last step, so a half-done installation has none.
 * @param {string} folder
 */
export const isInstalled = (folder) => {
  const wanted = readJson(join(folder, 'package-lock.json'))
  const present = readJson(join(folder, 'node_modules', '.package-lock.json'))
  return wanted !== undefined && present !== undefined && missing(wanted.packages, present.packages).length === 0
}

/**
 * The entries of the lock that are absent or of another version. Optional ones may be absent: they are for other platforms.
 * @param {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }>} wanted
 * @param {Record<string, { version?: string, integrity?: string }>} present
 */
export const missing = (wanted, present) =>
  Object.entries(wanted)
    .filter(([path, entry]) => {
      if (path === '') return false
      const found = present[path]
      if (found === undefined) return !(entry.optional || entry.devOptional)
      return found.version !== entry.version || found.integrity !== entry.integrity
    })
    .map(([path]) => path)

/**
 * How many packages an installation on this platform brings, for the display of progress.
 * @param {string} folder
 */
export const countForThisPlatform = (folder) => {
  const entries = Object.entries(readJson(join(folder, 'package-lock.json'))?.packages ?? {})
  const fits = (list, value) => list === undefined || [list].flat().includes(value)
  return entries.filter(
    ([path, entry]) => path !== '' && fits(entry.os, process.platform) && fits(entry.cpu, process.arch),
  ).length
}

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
