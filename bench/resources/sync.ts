import type { Bar, Scenario } from './scenario.ts'
import { measureFullSync } from './sync/full-sync.ts'
import { measurePeers } from './sync/peers.ts'
import type { Peers } from './sync/peers.ts'
import type { FullSync } from './sync/full-sync.ts'

/** Of the estate: the inventory finds 1.19 times as many in it (what only other resources refer to), 100,000 in all. */
const fullSize = 84_000
const quickSize = 17_000
/** So fast that no bucket is ever empty: what is measured is this machine. */
const withoutQuotas = 100_000
const latencyMs = 100

/** From nothing to an inventory of everything: as fast as this machine is, and as fast as AWS's quotas let anybody be. */
export const sync: Scenario = {
  name: 'sync',
  about:
    'a full sync of 100,000 resources, without latency and with 100 ms at the default quotas; beside other tools on moto',
  run: async ({ isQuick, postgres, say }) => {
    const size = isQuick ? quickSize : fullSize
    say('without latency and without quotas')
    const plain = await measureFullSync({ postgres: await postgres(), size, speed: withoutQuotas, latencyMs: 0 })
    say(`with ${latencyMs} ms and the default quotas; they need ${plain.floorSeconds.toFixed(0)} s`)
    const real = await measureFullSync({ postgres: await postgres(), size, speed: 1, latencyMs })
    const ratio = real.seconds / real.floorSeconds
    say('the same instances and volumes in moto, beside a script with the SDK and Cloud Custodian')
    const peers = await measurePeers({ postgres: await postgres(), instances: isQuick ? 200 : 1_000, say })
    const bars: Bar[] = [
      { what: `full sync of ${plain.resources} resources without latency`, value: plain.seconds, limit: 60, unit: 's' },
      { what: 'with latency and quotas, times what the quotas need', value: ratio, limit: 1.15, unit: 'x' },
      { what: 'calls refused for want of quota', value: real.throttled, limit: 0, unit: '' },
    ]
    return {
      figures: { plain, real, ratio, peers },
      markdown: [toMarkdown({ plain, real, ratio }), peersToMarkdown(peers)].join('\n\n'),
      bars,
    }
  },
}

const toMarkdown = ({ plain, real, ratio }: { plain: FullSync; real: FullSync; ratio: number }): string =>
  [
    '| | resources | calls | refused | seconds | processor, s | the quotas need | ratio | memory, MB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    `| no latency, no quotas | ${rowOf(plain)} | - | - | ${plain.peakRssMb.toFixed(0)} |`,
    `| ${latencyMs} ms, default quotas | ${rowOf(real)} | ${real.floorSeconds.toFixed(1)} s | ${ratio.toFixed(2)} | ${real.peakRssMb.toFixed(0)} |`,
    '',
    `The slowest bucket is ${real.floorOf}: ${callsOf(real)}.`,
    'One process is the resource service and the simulated AWS; PostgreSQL is beside it. Processor time is of that process.',
  ].join('\n')

const rowOf = ({ resources, calls, throttled, seconds, cpuSeconds }: FullSync): string =>
  [
    resources.toLocaleString('en'),
    calls.toLocaleString('en'),
    throttled,
    seconds.toFixed(1),
    cpuSeconds.toFixed(1),
  ].join(' | ')

const callsOf = ({ byAction }: FullSync): string =>
  byAction
    .slice(0, 4)
    .map(({ action, calls }) => `${action} ${calls.toLocaleString('en')}`)
    .join(', ')

const peersToMarkdown = ({ instances, resources, ours, again, script, custodian }: Peers): string =>
  [
    `${instances.toLocaleString('en')} instances with their volumes (${resources.toLocaleString('en')} resources) in moto, medians of three rounds in turn:`,
    '',
    '| | seconds | times ours |',
    '| --- | --- | --- |',
    `| this product, into an empty inventory | ${ours.toFixed(1)} | 1.00 |`,
    `| once more over it | ${again.toFixed(1)} | ${(again / ours).toFixed(2)} |`,
    `| a script with the SDK, pages of 1,000 and 500, into a file | ${script.toFixed(1)} | ${(script / ours).toFixed(2)} |`,
    `| Cloud Custodian, into files | ${custodian.toFixed(1)} | ${(custodian / ours).toFixed(2)} |`,
  ].join('\n')
