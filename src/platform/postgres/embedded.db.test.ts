import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { AppError } from '../app-error.ts'
import { createLog } from '../log.ts'
import { startEmbeddedPostgres } from './embedded.ts'
import { isAlive, waitForEnd } from './processes.ts'

const log = createLog({ level: 'silent' })
const isRoot = process.getuid?.() === 0
// Not under the home directory: as root, PostgreSQL's own user has to get there.
const root = await mkdtemp(join(tmpdir(), 'orchestrator-postgres-'))
await chmod(root, 0o755)
after(() => rm(root, { recursive: true, force: true }))

/** Runs one statement on a connection of its own, trying again while the server is away. */
const ask = async (connectionString: string, text: string, patienceMs = 120_000): Promise<unknown[]> => {
  const end = performance.now() + patienceMs
  for (;;) {
    const client = new pg.Client({ connectionString })
    client.on('error', () => {}) // the server is killed under it; the query rejects as well
    try {
      await client.connect()
      return (await client.query(text)).rows
    } catch (error) {
      if (performance.now() > end) throw error
    } finally {
      await client.end().catch(() => {})
    }
  }
}

/** A process of its own that starts the server and prints what it got. */
const startElsewhere = async (dataDir: string) => {
  const script = `import { startEmbeddedPostgres } from '#platform/postgres/embedded.ts'
    const silent = () => {}
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: { info: silent, warn: silent, error: silent, debug: silent } })
    console.log(JSON.stringify({ url: server.connectionString, postgres: server.postmasterPid() }))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script], {
    cwd: join(import.meta.dirname, '../../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, ...(JSON.parse(line.toString()) as { url: string; postgres: number }) }
}

test('makes a database, keeps it over a restart, and leaves nothing running', async () => {
  const dataDir = join(root, 'restart')
  const first = await startEmbeddedPostgres({ dataDir, log })
  assert.equal(first.isNew, true)
  await ask(first.connectionString, 'create table kept (n int)')
  await ask(first.connectionString, 'insert into kept values (1)')
  const [{ version }] = (await ask(
    first.connectionString,
    `select current_setting('server_version_num')::int as version`,
  )) as [{ version: number }]
  assert.equal(Math.floor(version / 10_000), 18)
  assert.deepEqual(await ask(first.connectionString, 'show fsync'), [{ fsync: 'on' }])
  assert.equal((await stat(join(dataDir, 'postgres-password'))).mode & 0o777, 0o600)
  const pid = first.postmasterPid()
  await first.stop()
  assert.equal(isAlive(pid), false)

  const second = await startEmbeddedPostgres({ dataDir, log })
  assert.equal(second.isNew, false)
  assert.equal(second.adopted, false)
  assert.deepEqual(await ask(second.connectionString, 'select n from kept'), [{ n: 1 }])
  await second.stop()
})

test('what was in its cache is fetched again after a restart', async () => {
  const dataDir = join(root, 'warm')
  const first = await startEmbeddedPostgres({ dataDir, log })
  await ask(first.connectionString, 'create extension pg_buffercache')
  await ask(first.connectionString, `create table wide as select n, repeat('x', 1000) from generate_series(1, 5000) n`)
  await first.stop()
  const second = await startEmbeddedPostgres({ dataDir, log })
  // https://www.postgresql.org/docs/current/pgbuffercache.html
  const pages = `select count(*)::int as pages from pg_buffercache where relfilenode = pg_relation_filenode('wide')`
  const end = performance.now() + 60_000
  let found = 0
  while (found < 600 && performance.now() < end) {
    const [row] = (await ask(second.connectionString, pages)) as [{ pages: number }]
    found = row.pages
  }
  assert.ok(found >= 600, `${found} of 715 pages or so`)
  await second.stop()
})

test('we go through a socket among its files that nobody else gets to, and over the loopback where its path is too long', async () => {
  const dataDir = join(root, 'socket')
  const server = await startEmbeddedPostgres({ dataDir, log })
  // https://www.postgresql.org/docs/current/functions-info.html: null if the connection is via a Unix-domain socket
  const peer = 'select host(inet_server_addr()) as address'
  assert.deepEqual(await ask(server.connectionString, peer), [{ address: null }])
  const folder = new URL(server.connectionString).searchParams.get('host') ?? ''
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  const loopback = new URL(server.connectionString)
  loopback.searchParams.delete('host')
  assert.deepEqual(await ask(loopback.toString(), peer), [{ address: '127.0.0.1' }])
  await server.stop()

  const far = await startEmbeddedPostgres({ dataDir: join(root, 'a'.repeat(100)), log })
  assert.deepEqual(await ask(far.connectionString, peer), [{ address: '127.0.0.1' }])
  await far.stop()
})

test('a second start is refused and names the process that holds the data', async () => {
  const dataDir = join(root, 'twice')
  const server = await startEmbeddedPostgres({ dataDir, log })
  await assert.rejects(startEmbeddedPostgres({ dataDir, log }), (error: AppError) => {
    assert.equal(error.code, 'data_directory_in_use')
    assert.match(error.message, new RegExp(`process ${process.pid}\\b`))
    return true
  })
  assert.deepEqual(await ask(server.connectionString, 'select 1 as n'), [{ n: 1 }], 'the first one is not disturbed')
  await server.stop()
})

test('after kill -9 of our process the orphaned server is taken over and nothing committed is lost', async () => {
  const dataDir = join(root, 'orphan')
  const { child, url, postgres } = await startElsewhere(dataDir)
  await ask(url, 'create table kept as select 7 as n')
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(isAlive(postgres), true, 'the server was orphaned')

  const server = await startEmbeddedPostgres({ dataDir, log })
  assert.equal(server.adopted, true)
  assert.equal(await waitForEnd(postgres, 0), true, 'only one server is left')
  assert.deepEqual(await ask(server.connectionString, 'select n from kept'), [{ n: 7 }])
  await server.stop()
})

test('kill -9 of PostgreSQL: it is back on the same port with everything that was committed', async () => {
  const dataDir = join(root, 'killed')
  const server = await startEmbeddedPostgres({ dataDir, log })
  await ask(server.connectionString, 'create table kept (n int)')
  for (const n of [1, 2, 3]) {
    await ask(server.connectionString, `insert into kept values (${n})`)
    const killed = server.postmasterPid()
    process.kill(killed, 'SIGKILL')
    await waitForEnd(killed, 60_000)
  }
  assert.deepEqual(await ask(server.connectionString, 'select n from kept order by n'), [{ n: 1 }, { n: 2 }, { n: 3 }])
  await server.stop()
})

test('a lock left by a dead process, and a postmaster.pid that names a stranger, are no obstacle', async () => {
  const dataDir = join(root, 'stale')
  const first = await startEmbeddedPostgres({ dataDir, log })
  await first.stop()
  await writeFile(
    join(dataDir, 'lock'),
    JSON.stringify({ pid: process.pid, identity: 'an earlier process', since: 'before' }),
  )
  // After a restart of a container the recorded process id often belongs to somebody else: here, to this test.
  await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(dataDir, 'postgres')}\n`)
  const second = await startEmbeddedPostgres({ dataDir, log })
  assert.equal(second.adopted, false)
  await second.stop()
})

test('a data directory that can not be written is told, not thrown as a system error', async () => {
  const file = join(root, 'a-file')
  await writeFile(file, '')
  for (const dataDir of [file, join(file, 'below'), '/proc/nothing']) {
    await assert.rejects(startEmbeddedPostgres({ dataDir, log }), (error: unknown) => {
      assert.ok(error instanceof AppError)
      assert.ok(error.code === 'data_directory_not_writable', `${dataDir}: ${error.code} ${error.message}`)
      assert.match(error.message, new RegExp(dataDir))
      return true
    })
  }
})

test(
  'as root below a directory of mode 700 the files go elsewhere, and are found again',
  { skip: !isRoot && 'only as root' },
  async () => {
    const home = join(root, 'home')
    await mkdir(home, { mode: 0o700 })
    const dataDir = join(home, 'clone', '.orchestrator')
    const systemHome = join(root, `system-${randomUUID()}`)
    const first = await startEmbeddedPostgres({ dataDir, log, systemHome })
    await ask(first.connectionString, 'create table kept as select 3 as n')
    assert.ok((await realpath(join(dataDir, 'postgres'))).startsWith(systemHome))
    const owner = execFileSync('ps', ['-o', 'uid=', '-p', String(first.postmasterPid())], { encoding: 'utf8' }).trim()
    assert.notEqual(owner, '0', 'PostgreSQL does not run as root')
    await first.stop()

    const second = await startEmbeddedPostgres({ dataDir, log, systemHome })
    assert.deepEqual(await ask(second.connectionString, 'select n from kept'), [{ n: 3 }])
    await second.stop()

    await rm(dataDir, { recursive: true })
    const third = await startEmbeddedPostgres({ dataDir, log, systemHome })
    assert.equal(third.isNew, true, 'files of a removed data directory are set aside, not reused')
    await third.stop()
  },
)
