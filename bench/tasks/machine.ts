import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './statistics.ts'

export type Machine = {
  date: string
  cpu: string
  memoryGb: number
  kernel: string
  node: string
  fdatasyncMs: number
  load: number
}

export const describeMachine = (): Machine => ({
  date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  cpu: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.versions.node,
  fdatasyncMs: measureSync(),
  load: loadavg()[0] ?? 0,
})

/** What the disk takes to make 8 kB durable: the price of every commit. */
const measureSync = (): number => {
  const path = join(tmpdir(), `orchestrator-bench-sync-${process.pid}`)
  const file = openSync(path, 'w')
  try {
    const page = Buffer.alloc(8192, 1)
    const samples = Array.from({ length: 100 }, (_, n) => {
      const startedAt = performance.now()
      writeSync(file, page, 0, page.length, n * page.length)
      fdatasyncSync(file)
      return performance.now() - startedAt
    })
    return median(samples)
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
}

/** The version of an installed package of bench/. */
export const versionOf = (name: string): string => {
  const manifest = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version // npm's own format
}
