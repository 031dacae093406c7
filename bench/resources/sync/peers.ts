import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EC2Client, paginateDescribeInstances, paginateDescribeVolumes, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { createProcesses } from '../../../scripts/test/processes.ts'
import { prepareMoto } from '../../../scripts/test/prepare-moto.ts'
import { createAws } from '../../../src/aws/aws.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { migrate } from '../../../src/platform/db/migrate.ts'
import { createLog } from '../../../src/platform/log.ts'
import { createApply } from '../../../src/resources/sync/apply.ts'
import { reconcilePartitions } from '../../../src/resources/sync/partitions.ts'
import { createSweeper } from '../../../src/resources/sync/sweep.ts'
import { createTrouble } from '../../../src/resources/sync/trouble.ts'
import { median } from '../../tasks/statistics.ts'
import type { PostgresServer } from '../../tasks/postgres.ts'
import { prepareCustodian, run } from './python.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const region = 'eu-west-1'
const account = '123456789012'
const perLaunch = 200
const rounds = 3

export type Peers = {
  instances: number
  resources: number
  /** Medians of the rounds, in seconds: into our database, into a file of a script with the SDK, by Cloud Custodian into its files. */
  ours: number
  again: number
  script: number
  custodian: number
}

/** Instances and volumes of one account and Region from moto, read three ways in turn. */
export const measurePeers = async (options: {
  postgres: PostgresServer
  instances: number
  say: (line: string) => void
}): Promise<Peers> => {
  const programs = prepareCustodian(options.say)
  const processes = createProcesses()
  const folder = await mkdtemp(join(tmpdir(), 'orchestrator-bench-peers-'))
  const environment = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing', AWS_REGION: region }
  Object.assign(process.env, environment)
  try {
    const endpoint = await prepareMoto(root, processes)
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' }
    const client = new EC2Client({ region, endpoint, credentials })
    options.say(`launching ${options.instances} instances in moto`)
    for (let launched = 0; launched < options.instances; launched += perLaunch) {
      const count = Math.min(perLaunch, options.instances - launched)
      await client.send(
        new RunInstancesCommand({
          ImageId: 'ami-12c6146b',
          InstanceType: 't3.micro',
          MinCount: count,
          MaxCount: count,
        }),
      )
    }
    const times = { ours: [] as number[], again: [] as number[], script: [] as number[], custodian: [] as number[] }
    let resources = 0
    for (let round = 0; round < rounds; round++) {
      options.say(`round ${round + 1} of ${rounds}`)
      const own = await syncOurs(options.postgres, endpoint, round)
      resources = own.resources
      times.ours.push(own.seconds)
      times.again.push(own.againSeconds)
      times.script.push(await timed(() => runScript(client, join(folder, `script-${round}.json`))))
      times.custodian.push(await timed(() => runCustodian(programs, folder, endpoint, round)))
    }
    return {
      instances: options.instances,
      resources,
      ours: median(times.ours),
      again: median(times.again),
      script: median(times.script),
      custodian: median(times.custodian),
    }
  } finally {
    await processes.endAll()
    await rm(folder, { recursive: true, force: true })
  }
}

const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Into an empty inventory, and once more over it. */
const syncOurs = async (postgres: PostgresServer, endpointUrl: string, round: number) => {
  const { url, drop } = await postgres.freshDatabase(`sync_peers_${round}`)
  const log = createLog({ level: 'error' })
  const db = openDatabase({ connectionString: url, log, maxConnections: 8 })
  await migrate(db)
  const clock = systemClock
  const aws = createAws({ db, log, clock, sandbox: { speed: 1, transport: undefined }, endpointUrl, region })
  try {
    const credentials = { kind: 'ambient' } as const
    await aws.accounts.create({
      id: account,
      name: 'moto',
      cloud: 'aws',
      regions: [region],
      credentials,
      isProduction: false,
    })
    const apply = createApply({ db, notifier: { nudge: () => {} } })
    const trouble = createTrouble({ db, alarms: undefined })
    await reconcilePartitions({ db, aws, apply })
    const sweeper = createSweeper({ db, aws, apply, trouble, clock, log })
    const sweep = async (): Promise<void> => {
      const outcome = await sweeper.sweepNow({ account, region, service: 'ec2' }, ['ec2.instance', 'ec2.volume'])
      if (outcome !== 'swept') throw new Error(`The sweep ended as ${outcome}.`)
    }
    const seconds = await timed(sweep)
    const againSeconds = await timed(sweep)
    const [row] = await db.query<{ count: number }>({
      text: 'select count(*)::int as count from resources where deleted_at is null',
    })
    return { seconds, againSeconds, resources: row?.count ?? 0 }
  } finally {
    await aws.close()
    await db.close()
    await drop()
  }
}

/** What one would write in a quarter of an hour: all pages into a file. */
const runScript = async (client: EC2Client, file: string): Promise<void> => {
  const found: unknown[] = []
  for await (const { Reservations } of paginateDescribeInstances({ client, pageSize: 1000 }, {}))
    for (const { Instances } of Reservations ?? []) found.push(...(Instances ?? []))
  for await (const { Volumes } of paginateDescribeVolumes({ client, pageSize: 500 }, {})) found.push(...(Volumes ?? []))
  await writeFile(file, JSON.stringify(found))
}

const policies = JSON.stringify({
  policies: [
    { name: 'instances', resource: 'aws.ec2' },
    { name: 'volumes', resource: 'aws.ebs' },
  ],
})

const runCustodian = async (programs: string, folder: string, endpoint: string, round: number): Promise<void> => {
  const file = join(folder, 'policies.json')
  const output = join(folder, `custodian-${round}`)
  await writeFile(file, policies)
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: region,
    AWS_METADATA_SERVICE_NUM_ATTEMPTS: '0',
  }
  run(join(programs, 'custodian'), ['run', '--cache-period', '0', '--region', region, '-s', output, file], env)
  const read = JSON.parse(await readFile(join(output, 'instances', 'resources.json'), 'utf8')) as unknown[]
  if (read.length === 0) throw new Error('Cloud Custodian found no instances.')
}
