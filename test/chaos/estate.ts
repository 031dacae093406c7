import type { SandboxEffect } from '#contracts/sandbox.ts'
import type { Plan } from '#contracts/task.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Stubborn } from './client.ts'
import type { Counts, Known } from './model.ts'

/** Instances that a lane may stop and start, as they are before anything was done. */
export const readEstate = async (client: Stubborn): Promise<Known[]> => {
  await waitFor(
    'the inventory',
    async () => {
      const page = await client.ok('GET', `/resources?q=${encodeURIComponent('type:ec2.instance')}&limit=1`)
      return page.freshness.partial.length === 0
    },
    60,
  )
  const plan = (operation: string): Promise<Plan> =>
    client.ok('POST', '/plans', { operation, targets: { query: 'type:ec2.instance' } })
  const [stop, start] = [await plan('ec2.stop'), await plan('ec2.start')]
  const known = ({ targets }: Plan, power: Known['power']): Known[] =>
    targets
      // AWS refuses to stop a Spot Instance of a one-time request, whatever the plan says.
      .filter(({ warnings = [] }) => !warnings.some((warning) => warning.includes('Spot')))
      .map(({ id, account, region }) => ({
        arn: id,
        account,
        region,
        power,
        tags: new Map(),
        counts: new Map(),
      }))
  return [...known(stop, 'running'), ...known(start, 'stopped')]
}

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** What the sandbox itself has counted for these instances. */
export const readCounts = async (client: Stubborn, targets: readonly Known[]): Promise<Map<Known, Counts>> => {
  const query = targets.map(({ arn }) => `resource=${idOf(arn)}`).join('&')
  const { items } = await client.ok<{ items: SandboxEffect[] }>('GET', `/sandbox/effects?${query}`)
  return new Map(
    targets.map((known) => [
      known,
      new Map(items.filter(({ resource }) => resource === idOf(known.arn)).map((effect) => [effect.action, effect])),
    ]),
  )
}

/**
 * Holds what is known of the instances against how they really are, read live by plans that nobody files. Returns what does
 * not fit.
 */
export const compareWithLive = async (client: Stubborn, all: readonly Known[]): Promise<string[]> => {
  const ids = all.map(({ arn }) => arn)
  const plan = (operation: string, params: object): Promise<Plan> =>
    client.ok('POST', '/plans', { operation, targets: { ids }, params })
  const reboot = await plan('ec2.reboot', {})
  const running = new Set(reboot.targets.map(({ id }) => id))
  const keys = [...new Set(all.flatMap(({ tags }) => [...tags.keys()]))]
  // A value that none of them has, so that none is left out for having it already.
  const tag = await plan('ec2.tag', { tags: Object.fromEntries(keys.map((key) => [key, 'asked for only'])) })
  const tagged = new Map(tag.targets.map(({ id, before }) => [id, before['tags'] as { [key: string]: string | null }]))
  return all.flatMap(({ arn, power, tags }) => {
    const isRunning = running.has(arn)
    const values = tagged.get(arn)
    return [
      ...(isRunning === (power === 'running')
        ? []
        : [`${arn} should be ${power}: ${reboot.excluded.find(({ id }) => id === arn)?.why ?? 'it is running'}`]),
      ...[...tags].flatMap(([key, may]) =>
        values !== undefined && may.has(values[key] ?? null)
          ? []
          : [`${arn} should have the tag ${key} = ${[...may]}, it has ${values?.[key]}`],
      ),
    ]
  })
}
