import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Runs `work` while no other process does: two first starts at once must not install into the same folder. The second
 * waits for the first; a lock whose process is gone is taken over.
 * @template T
 * @param {string} path
 * @param {(message: string) => void} say
 * @param {() => Promise<T>} work
 */
export const once = async (path, say, work) => {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, String(process.pid))
  let told = false
  try {
    while (!tryLink(draft, path)) {
      const holder = Number(readOr(path, '0'))
      if (!isAlive(holder)) {
        rmSync(path, { force: true })
        continue
      }
      if (!told) say(`Waiting for process ${holder}, which is setting up this folder ...`)
      told = true
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  } finally {
    rmSync(draft, { force: true })
  }
  const release = () => rmSync(path, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

const tryLink = (from, to) => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

const readOr = (path, otherwise) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

const isAlive = (pid) => {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
