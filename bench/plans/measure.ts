import type { Client } from '../../test/support/client.ts'
import { serverCpuMs } from '../tasks/cpu.ts'
import { median } from '../tasks/statistics.ts'

type Request = { title: string; body: { operation: string; targets: object; params?: object } }

/** The same targets by different operations and selectors: what is read live differs, and the size of the request. */
export const requests = (ids: readonly string[]): Request[] => [
  { title: 'stop, by ids', body: { operation: 'ec2.stop', targets: { ids } } },
  { title: 'tag, by ids', body: { operation: 'ec2.tag', targets: { ids }, params: { tags: { bench: 'plans' } } } },
  { title: 'stop, by query', body: { operation: 'ec2.stop', targets: { query: 'type:ec2.instance' } } },
]

export type PlanFigures = {
  title: string
  planned: number
  excluded: number
  firstMs: number
  medianMs: number
  slowestMs: number
  /** Processor time of the server for one plan, the simulated AWS in it included; undefined where there is no /proc. */
  cpuMs: number | undefined
  answerKb: number
}

/** From the request's first byte to the answer's last, parsed. The first plan, when nothing is warm, is told apart. */
export const measurePlan = async (
  { admin, pid }: { admin: Client; pid: number },
  request: Request,
  rounds: number,
): Promise<PlanFigures> => {
  const times: number[] = []
  let last: { targets: unknown[]; excluded: unknown[] } = { targets: [], excluded: [] }
  let cpuBefore: number | undefined
  for (let round = 0; round <= rounds; round++) {
    if (round === 1) cpuBefore = serverCpuMs(pid)
    const startedAt = performance.now()
    last = await admin.plan(request.body)
    times.push(performance.now() - startedAt)
  }
  const cpuAfter = serverCpuMs(pid)
  const [firstMs = 0, ...others] = times
  return {
    title: request.title,
    planned: last.targets.length,
    excluded: last.excluded.length,
    firstMs,
    medianMs: median(others),
    slowestMs: Math.max(...others),
    cpuMs: cpuBefore === undefined || cpuAfter === undefined ? undefined : (cpuAfter - cpuBefore) / rounds,
    answerKb: JSON.stringify(last).length / 1024,
  }
}
