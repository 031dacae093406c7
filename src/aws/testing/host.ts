import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { createSandboxHost } from '../sandbox-host.ts'
import type { SandboxHost } from '../sandbox-host.ts'

export const quietLog = createLog({ level: 'silent' })

/** A clock that stands still until it is told to go on; sleepers wake when their time has come. */
export const createFakeClock = (startMs = Date.UTC(2026, 10, 23)): Clock & { advance: (seconds: number) => void } => {
  let nowMs = startMs
  let sleepers: { untilMs: number; wake: () => void }[] = []
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs - startMs,
    sleep: (milliseconds, signal) =>
      new Promise((wake) => {
        sleepers.push({ untilMs: nowMs + milliseconds, wake })
        signal?.addEventListener('abort', () => wake())
      }),
    advance: (seconds) => {
      nowMs += seconds * 1000
      const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs)
      sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs)
      for (const { wake } of due) wake()
    },
  }
}

/** The place where half of every estate lies. */
export const place = { account: '777788889999', region: 'us-east-1' }

/** A sandbox in a directory of its own. `open` opens it again as another process would after this one was closed. */
export const temporarySandbox = (options: { clock: Clock; seed?: string; size?: number; speed?: number }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'orchestrator-sandbox-'))
  const open = (changed: { seed?: string; size?: number } = {}): SandboxHost =>
    createSandboxHost({
      dataDir,
      seed: changed.seed ?? options.seed ?? 'test',
      size: changed.size ?? options.size ?? 900,
      speed: options.speed ?? 1,
      clock: options.clock,
      log: quietLog,
    })
  return { dataDir, open, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

/** Asks the host as the SDK's middleware does. */
export const ask =
  (host: SandboxHost, where = place) =>
  <Output extends object>(action: string, input: object, service = 'ec2'): Promise<Output> =>
    // The caller names the output's type by the action.
    host.handle({ ...where, service, action, input }) as Promise<Output>
