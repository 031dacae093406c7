import { percentile } from '../tasks/statistics.ts'
import { atPace } from './http.ts'
import { createInventory } from './inventory.ts'
import { createLightClient } from './light-client.ts'
import type { Scenario } from './scenario.ts'
import { signInFor } from './sign-in.ts'

const perSecond = 200
const bars = { single: 3, list: 10 }

/** One resource, and lists of 50, 200 times a second, of one process that is gateway and resource service. */
export const reads: Scenario = {
  name: 'reads',
  about: 'single reads and lists of 50 at 200 requests a second',
  run: async (context) => {
    const inventory = await createInventory(context)
    try {
      const server = await inventory.split.start('gateway,resources')
      const http = createLightClient(server.url, await signInFor(server.url, inventory.split.password))
      const known = await inventory.db.query<{ id: string }>({
        text: `select id from resources where type = 'ec2.instance' and deleted_at is null limit 1000`,
      })
      const single = (index: number) =>
        http.get(`/resources/${encodeURIComponent(known[(index * 7919) % known.length]?.id ?? '')}`)
      const places = ['', '&region=us-east-1', '&account=111122223333', '&region=eu-west-1']
      const list = (index: number) => http.get(`/resources?type=ec2.instance&limit=50${places[index % places.length]}`)
      const seconds = context.isQuick ? 10 : 30
      const measure = async (name: string, call: (index: number) => Promise<unknown>) => {
        context.say(name)
        await atPace({ perSecond, seconds: known.length / perSecond }, call) // each of them once: what is measured is cached
        const times = await atPace({ perSecond, seconds }, call)
        return { name, p50: percentile(times, 50), p95: percentile(times, 95), p99: percentile(times, 99) }
      }
      const [one, fifty] = [await measure('single read', single), await measure('list of 50', list)]
      http.close()
      return {
        figures: { resources: inventory.rows, perSecond, seconds, one, fifty },
        markdown: [
          `${inventory.rows.toLocaleString('en')} resources, ${perSecond} requests a second for ${seconds} s each; milliseconds.`,
          '',
          '| read | p50 | p95 | p99 |',
          '| --- | --- | --- | --- |',
          ...[one, fifty].map(
            ({ name, p50, p95, p99 }) => `| ${name} | ${[p50, p95, p99].map((ms) => ms.toFixed(2)).join(' | ')} |`,
          ),
        ].join('\n'),
        bars: [
          { what: 'single read p99', value: one.p99, limit: bars.single, unit: 'ms' },
          { what: 'list of 50 p99', value: fifty.p99, limit: bars.list, unit: 'ms' },
        ],
      }
    } finally {
      await inventory.remove()
    }
  },
}
