import { isDeepStrictEqual } from 'node:util'
import type { SandboxEffect } from '#contracts/sandbox.ts'
import type { Resource } from '#contracts/resource.ts'
import type { Plan } from '#contracts/task.ts'
import { waitFor } from '../support/wait-for.ts'
import type { Stubborn } from './client.ts'
import { allOf } from './pages.ts'
import type { Counts, Known, KnownInstance, KnownSetting } from './model.ts'
import { alarmOf, longestRetention } from './settings.ts'

export type Estate = { instances: KnownInstance[]; groups: KnownSetting[] }

/** Instances that may be stopped and started, and log groups whose retention can be raised, as they are at the beginning. */
export const readEstate = async (client: Stubborn): Promise<Estate> => {
  await waitFor('the inventory', async () => {
    const page = await client.ok('GET', '/resources?limit=1')
    return page.freshness.partial.length === 0
  })
  const plan = (operation: string, type: string, params: object = {}): Promise<Plan> =>
    client.ok('POST', '/plans', { operation, targets: { query: `type:${type}` }, params })
  const [stop, start] = [await plan('ec2.stop', 'ec2.instance'), await plan('ec2.start', 'ec2.instance')]
  const listed = await allOf<Resource>(client, '/resources?q=type:ec2.instance')
  const types = new Map(listed.map(({ id, summary }) => [id, String(summary['instanceType'])]))
  const known = ({ targets }: Plan, power: KnownInstance['power']): KnownInstance[] =>
    targets
      // AWS refuses to stop a Spot Instance of a one-time request, whatever the plan says.
      .filter(({ warnings = [] }) => !warnings.some((warning) => warning.includes('Spot')))
      .map(({ id, account, region }) => ({
        kind: 'instance',
        arn: id,
        effectId: id.slice(id.lastIndexOf('/') + 1),
        account,
        region,
        power,
        type: types.get(id) ?? null,
        tags: new Map(),
        counts: new Map(),
      }))
  const retention = await plan('logs.retention', 'logs.group', { days: longestRetention })
  const groups = retention.targets
    // What is kept for ever can only be kept for less, which is a matter of two approvals and a delay.
    .filter(({ before }) => typeof before['retentionDays'] === 'number')
    .map(({ id, account, region, before }): KnownSetting => ({
      kind: 'log group',
      arn: id,
      effectId: id,
      account,
      region,
      image: before,
      counts: new Map(),
    }))
  return { instances: [...known(stop, 'running'), ...known(start, 'stopped')], groups }
}

/** Alarms that are not there yet, where that resource is. */
export const futureAlarms = ({ account, region }: Known, names: readonly string[]): KnownSetting[] =>
  names.map((name) => {
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`
    return { kind: 'alarm', arn, effectId: arn, account, region, image: { exists: false }, counts: new Map() }
  })

/** What the sandbox itself has counted for these resources. */
export const readCounts = async <K extends Known>(client: Stubborn, targets: readonly K[]): Promise<Map<K, Counts>> => {
  const query = targets.map(({ effectId }) => `resource=${encodeURIComponent(effectId)}`).join('&')
  const { items } = await client.ok<{ items: SandboxEffect[] }>('GET', `/sandbox/effects?${query}`)
  return new Map(
    targets.map((known) => [
      known,
      new Map(items.filter(({ resource }) => resource === known.effectId).map((effect) => [effect.action, effect])),
    ]),
  )
}

/**
 * Holds what is known of the resources against how they really are, read live by plans that nobody files. Returns what does
 * not fit.
 */
export const compareWithLive = async (client: Stubborn, all: readonly Known[]): Promise<string[]> => {
  const instances = all.filter((known) => known.kind === 'instance')
  const settings = all.filter((known) => known.kind !== 'instance')
  const groups = settings.filter(({ kind }) => kind === 'log group')
  const alarms = settings.filter(({ kind }) => kind === 'alarm')
  const byPlace = [...Map.groupBy(alarms, ({ account, region }) => `${account} ${region}`).values()]
  return [
    ...(await compareInstances(client, instances)),
    ...(await compareSettings(client, groups, {
      operation: 'logs.retention',
      targets: { ids: groups.map(({ arn }) => arn) },
      params: { days: longestRetention },
    })),
    ...(
      await Promise.all(
        byPlace.map((part) =>
          compareSettings(client, part, {
            operation: 'cloudwatch.alarm.put',
            targets: { account: part[0]?.account, region: part[0]?.region },
            params: { alarms: part.map((known) => alarmOf(known, -1)) },
          }),
        ),
      )
    ).flat(),
  ]
}

const compareInstances = async (client: Stubborn, all: readonly KnownInstance[]): Promise<string[]> => {
  if (all.length === 0) return []
  const ids = all.map(({ arn }) => arn)
  const plan = (operation: string, params: object): Promise<Plan> =>
    client.ok('POST', '/plans', { operation, targets: { ids }, params })
  const reboot = await plan('ec2.reboot', {})
  const running = new Set(reboot.targets.map(({ id }) => id))
  const keys = ['chaos', ...new Set(all.flatMap(({ tags }) => [...tags.keys()]))]
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

const compareSettings = async (client: Stubborn, all: readonly KnownSetting[], request: object): Promise<string[]> => {
  if (all.length === 0) return []
  const { targets, excluded } = await client.ok<Plan>('POST', '/plans', request)
  const live = new Map(targets.map(({ id, before }) => [id, before]))
  return all.flatMap(({ arn, image }) =>
    image === null || isDeepStrictEqual(live.get(arn), image)
      ? []
      : [
          `${arn} should be ${JSON.stringify(image)}, it is ${JSON.stringify(live.get(arn) ?? excluded.find(({ id }) => id === arn))}`,
        ],
  )
}
