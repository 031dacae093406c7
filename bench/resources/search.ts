import { readFileSync } from 'node:fs'
import { percentile } from '../tasks/statistics.ts'
import { createHttp } from './http.ts'
import { createInventory } from './inventory.ts'
import { createPeer } from './peer.ts'
import { questionsOf } from './questions.ts'
import type { Question } from './questions.ts'
import type { Scenario } from './scenario.ts'
import { signInFor } from './sign-in.ts'

const searchMs = 50
const memoryMb = 512

/** Searches as the console makes them, one after the other, through a gateway to a process that is the resource service alone. */
export const search: Scenario = {
  name: 'search',
  about: 'searches, facets and completion in an inventory of many resources',
  run: async (context) => {
    const { say, isQuick } = context
    const inventory = await createInventory(context)
    const peer = createPeer(inventory.split.databaseUrl)
    try {
      const service = await inventory.split.start('resources')
      const gateway = await inventory.split.start('gateway')
      const http = createHttp(gateway.url, await signInFor(gateway.url, inventory.split.password), 4)
      const known = await inventory.db.query<{ id: string; arn: string; name: string }>({
        text: `select aws_id as id, id as arn, name from resources
          where type = 'ec2.instance' and name is not null and deleted_at is null limit 200`,
      })
      const ask = async ({ path, query, pages = 1 }: Question): Promise<number> => {
        let cursor: Record<string, string> = {}
        for (let page = 1; ; page++) {
          const start = performance.now()
          const text = await http.get(
            `/resources${path ?? ''}?${new URLSearchParams({ ...query, ...cursor }).toString()}`,
          )
          if (page === pages) return performance.now() - start
          const { nextCursor } = JSON.parse(text) as { nextCursor: string | null }
          if (nextCursor === null) return performance.now() - start
          cursor = { cursor: nextCursor }
        }
      }
      const rounds = isQuick ? 4 : 24
      const times = new Map<string, number[]>()
      const peers = new Map<string, number[]>()
      // The first round finds the caches of disk and database cold, and is not counted.
      for (let round = -1; round < rounds; round++) {
        if (round % 4 === 0) say(`round ${round + 1} of ${rounds}`)
        const one = known[(round + 1) % known.length]
        if (one === undefined) throw new Error('There is no instance with a name.')
        for (const question of questionsOf(round + 1, one)) {
          const ms = await ask(question)
          if (round < 0) continue
          times.set(question.name, [...(times.get(question.name) ?? []), ms])
          // The peer takes seconds for each.
          const peerMs = round < (isQuick ? 1 : 3) ? await peer.ask(question) : undefined
          if (peerMs !== undefined) peers.set(question.name, [...(peers.get(question.name) ?? []), peerMs])
        }
      }
      const rssMb = residentMb(service.pid)
      http.close()
      const all = [...times.values()].flat()
      const rows = [...times].map(([name, own]) => {
        const peerMs = percentile(peers.get(name) ?? [], 50)
        const [p50, p95, p99] = [50, 95, 99].map((share) => percentile(own, share)) as [number, number, number] // three
        return { name, p50, p95, p99, peerMs: Number.isNaN(peerMs) ? null : peerMs }
      })
      const total = { p50: percentile(all, 50), p95: percentile(all, 95), p99: percentile(all, 99) }
      return {
        figures: { resources: inventory.rows, rounds, rows, total, rssMb },
        markdown: [
          `${inventory.rows.toLocaleString('en')} resources, ${rounds} rounds, through a gateway; milliseconds.`,
          '',
          '| question | p50 | p95 | p99 | without indexes | ratio |',
          '| --- | --- | --- | --- | --- | --- |',
          ...rows.map(({ name, p50, p95, p99, peerMs }) =>
            row(
              name,
              [p50, p95, p99],
              peerMs === null ? '-' : peerMs.toFixed(0),
              peerMs === null ? '-' : `${(peerMs / p50).toFixed(0)}x`,
            ),
          ),
          row('**all**', [total.p50, total.p95, total.p99], '', ''),
          '',
          `The process of the resource service takes ${rssMb.toFixed(0)} MB.`,
        ].join('\n'),
        bars: [
          { what: 'search p95', value: total.p95, limit: searchMs, unit: 'ms' },
          { what: 'memory of the resource service', value: rssMb, limit: memoryMb, unit: 'MB' },
        ],
      }
    } finally {
      await peer.close()
      await inventory.remove()
    }
  },
}

const row = (name: string, times: readonly number[], peer: string, ratio: string): string =>
  `| ${[name, ...times.map((ms) => ms.toFixed(1)), peer, ratio].join(' | ')} |`

/** The highest that its memory was. */
const residentMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024
