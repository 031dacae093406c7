import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { appendAudit, verifyAudit } from '../audit.ts'
import { createCrypto } from '../crypto.ts'
import type { AnchorPoint } from './anchor.ts'
import { createSealer } from './sealer.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
const crypto = createCrypto(Buffer.alloc(32, 1))
let kept: AnchorPoint | undefined
const anchor = { read: async () => kept, write: async (point: AnchorPoint) => void (kept = point) }
const newSealer = () =>
  createSealer({ db: database.db, crypto, clock: systemClock, log: createLog({ level: 'silent' }), anchor })
let sealer: ReturnType<typeof newSealer>

before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())
beforeEach(async () => {
  for (const table of ['audit', 'audit_seals', 'audit_head']) await sql(`truncate ${table}`)
  kept = undefined
  sealer = newSealer()
})

const sql = (text: string, values: unknown[] = []) => database.db.query<Record<string, string>>({ text, values })
/** As somebody who owns the database and turns the guards off. */
const tamper = (text: string): Promise<void> =>
  database.db.transaction(async (tx) => {
    await tx.query({ text: 'set local session_replication_role = replica' })
    await tx.query({ text })
  })
const entry = (action: string) => ({
  actor: { id: 'ada' },
  action,
  subject: { type: 'Task', id: 't' },
  outcome: 'succeeded' as const,
})
const write = (...names: string[]): Promise<void> => appendAudit(database.db, names.map(entry))
const verify = () => verifyAudit({ db: database.db, crypto, anchor: kept })
const rowNamed = async (action: string): Promise<string> =>
  (await sql('select id::text from audit where action = $1', [action]))[0]?.['id'] ?? ''

/** Seals until nothing is left: transactions of other databases of the server hold the horizon back, too. */
const sealAll = async (): Promise<void> => {
  do await sealer.sealNow()
  while ((await verify()).unsealed.count > 0)
}

/** Three batches of three rows: a1 ... c3. */
const threeBatches = async (): Promise<void> => {
  for (const batch of ['a', 'b', 'c']) {
    await write(`${batch}1`, `${batch}2`, `${batch}3`)
    await sealAll()
  }
}

test('an untouched log verifies, and names the rows that are not sealed yet', async () => {
  assert.deepEqual((await verify()).ok, true)
  await threeBatches()
  await write('d1', 'd2')
  const { ok, checked, seals, unsealed, firstBroken } = await verify()
  assert.deepEqual(
    { ok, checked, seals, unsealed: unsealed.count, firstBroken },
    { ok: true, checked: 9, seals: 3, unsealed: 2, firstBroken: null },
  )
  assert.ok(unsealed.oldestAt)
  await sealAll()
  assert.deepEqual([(await verify()).checked, (await verify()).unsealed.count], [11, 0])
})

test('the chain is SHA-256 over RFC 8785 JSON of each row after the hash before it', async () => {
  await write('a1', 'a2')
  await sealAll()
  const rows = await sql(
    `select xid::text, id::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, action from audit order by id`,
  )
  let head = Buffer.alloc(32)
  for (const { xid, id, at, action } of rows) {
    // Written out by hand: keys in the order of RFC 8785.
    const text = `{"action":"${action}","actor_email":null,"actor_id":"ada","actor_via":null,"at":"${at}","credential_id":null,"details":{},"id":"${id}","outcome":"succeeded","request_id":null,"subject_id":"t","subject_type":"Task","xid":"${xid}"}`
    head = createHash('sha256').update(head).update(createHash('sha256').update(text).digest()).digest()
  }
  assert.equal((await verify()).head.hash, head.toString('hex'))
})

for (const [what, change, kind, row] of [
  ['edited', `update audit set outcome = 'denied' where action = 'b2'`, 'edited', 'b2'],
  [
    'edited by a microsecond',
    `update audit set at = at + interval '1 microsecond' where action = 'a1'`,
    'edited',
    'a1',
  ],
  ['edited in its details', `update audit set details = '{"x": 1}' where action = 'c3'`, 'edited', 'c3'],
  ['deleted', `delete from audit where action = 'b2'`, 'missing', null],
  ['deleted at the end of a batch', `delete from audit where action = 'b3'`, 'missing', null],
  ['deleted with all others of its batch', `delete from audit where action like 'b%'`, 'missing', null],
  [
    'inserted between others',
    `insert into audit (xid, id, actor_id, action, subject_type, subject_id, outcome) overriding system value
      select xid, id, 'eve', 'x', 'Task', 't', 'succeeded' from audit where action = 'b1'`,
    'inserted',
    'x',
  ],
] as const) {
  test(`a row that was ${what} is noticed and named`, async () => {
    await threeBatches()
    await tamper(change)
    const { ok, firstBroken } = await verify()
    assert.equal(ok, false)
    assert.equal(firstBroken?.kind, kind, firstBroken?.message ?? 'nothing was noticed')
    if (row !== null && kind === 'edited') assert.equal(firstBroken?.row, await rowNamed(row))
  })
}

test('two rows that changed places are noticed', async () => {
  await threeBatches()
  await tamper(`update audit a set action = b.action, at = b.at from audit b
    where (a.action, b.action) in (('b1', 'c1'), ('c1', 'b1'))`)
  assert.equal((await verify()).ok, false)
})

test('seals can not be made or changed without the key', async () => {
  await threeBatches()
  const strip = `update audit_seals set row_count = row_count - 1, total_rows = total_rows - 1 where seq = 3`
  await tamper(`delete from audit where action = 'c3'`)
  await tamper(strip)
  assert.equal((await verify()).firstBroken?.kind, 'seal_forged')

  // A whole new history, sealed with a key of one's own under our key's name.
  await tamper('delete from audit_seals')
  await tamper('delete from audit_head')
  const forger = createSealer({
    db: database.db,
    crypto: { ...createCrypto(Buffer.alloc(32, 2)), keyId: crypto.keyId },
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    anchor: { read: async () => undefined, write: async () => {} },
  })
  for (let seals = 0; seals === 0; seals = Number((await sql('select count(*) as n from audit_seals'))[0]?.['n']))
    await forger.sealNow()
  assert.equal((await verify()).firstBroken?.kind, 'seal_forged')
})

test('a seal that was removed is noticed', async () => {
  await threeBatches()
  await tamper('delete from audit_seals where seq = 2')
  assert.equal((await verify()).firstBroken?.kind, 'seal_missing')
})

test('cutting the end off is noticed: rows, rows and seals, and with the head as well', async () => {
  await threeBatches()
  await tamper(`delete from audit where action like 'c%'`)
  assert.equal((await verify()).firstBroken?.kind, 'missing')
  await tamper('delete from audit_seals where seq = 3')
  assert.equal((await verify()).firstBroken?.kind, 'seal_missing')
  await tamper('delete from audit_head')
  assert.equal((await verify()).firstBroken?.kind, 'truncated')
  await tamper('delete from audit_seals')
  await tamper('delete from audit')
  assert.equal((await verify()).firstBroken?.kind, 'truncated', 'the anchor still knows')
})

test('putting back an older head with its valid MAC is noticed by the anchor, also after sealing went on', async () => {
  await write('a1')
  await sealAll()
  await sql('create table older as select * from audit_head')
  await write('b1')
  await sealAll()
  await tamper('delete from audit_head')
  await tamper('insert into audit_head select * from older')
  await tamper('drop table older')
  await tamper('delete from audit_seals where seq = 2')
  await tamper(`delete from audit where action = 'b1'`)
  assert.equal((await verify()).firstBroken?.kind, 'truncated')
  assert.equal((await verifyAudit({ db: database.db, crypto })).ok, true, 'from inside the database it can not be told')
  await write('x1')
  await sealAll()
  await write('x2')
  sealer = newSealer() // another process, which reads the anchor anew
  await sealAll()
  assert.equal((await verify()).firstBroken?.kind, 'truncated')
})

test('nothing is sealed on top of a head that is not ours', async () => {
  await threeBatches()
  await tamper('update audit_head set total_rows = 1')
  await write('d1')
  await assert.rejects(sealer.sealNow(), { code: 'audit_chain_broken' })
  assert.equal((await verify()).firstBroken?.kind, 'seal_forged')
})

test('with another master key the log is not called broken by tampering but sealed by an unknown key', async () => {
  await threeBatches()
  const { firstBroken } = await verifyAudit({ db: database.db, crypto: createCrypto(Buffer.alloc(32, 3)) })
  assert.equal(firstBroken?.kind, 'unknown_key')
})

test('a transaction that commits late is not skipped', async () => {
  let commit = (): void => {}
  const held = new Promise<void>((resolve) => (commit = resolve))
  let isWritten = (): void => {}
  const written = new Promise<void>((resolve) => (isWritten = resolve))
  const late = database.db.transaction(async (tx) => {
    await appendAudit(tx, [entry('late')])
    isWritten()
    await held
  })
  await written
  await write('early')
  await sealer.sealNow()
  assert.equal((await verify()).checked, 0, 'an older transaction is still running: nothing may be sealed past it')
  commit()
  await late
  await sealAll()
  const { ok, checked, unsealed } = await verify()
  assert.deepEqual([ok, checked, unsealed.count], [true, 2, 0])
})

test('many sealers, and writers beside them, make one chain', async () => {
  const sealers = [newSealer(), newSealer(), newSealer()]
  await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => write(`w${n}`, `v${n}`)),
    ...sealers.flatMap((one) => [one.sealNow(), one.sealNow()]),
  ])
  await sealAll()
  const { ok, checked } = await verify()
  assert.deepEqual([ok, checked], [true, 40])
})

test('a large backlog is sealed in batches', async () => {
  await write(...Array.from({ length: 2_345 }, (_, n) => `n${n}`))
  await sealAll()
  const { ok, checked, seals } = await verify()
  assert.deepEqual([ok, checked, seals], [true, 2_345, 3])
})

test('rows are not changed by mistake', async () => {
  await write('a1')
  await assert.rejects(sql(`update audit set action = 'x'`), /never changed/)
  await assert.rejects(sql('delete from audit'), /never changed/)
})

test('NUL, lone surrogates and secrets do not get into the log, and do not keep it from being written', async () => {
  await appendAudit(database.db, [
    {
      ...entry('nasty\0'),
      details: {
        'a\0b': 'x\0y',
        lone: '\ud800',
        password: 'hunter2',
        deep: { secretAccessKey: 'wJalr' },
        list: ['\0'],
        big: 10n,
        none: undefined,
      },
    },
  ])
  await sealAll()
  assert.equal((await verify()).ok, true)
  const [row] = await sql('select action, details::text from audit')
  assert.equal(row?.['action'], 'nasty\ufffd')
  assert.deepEqual(JSON.parse(row?.['details'] ?? ''), {
    'a\ufffdb': 'x\ufffdy', lone: '\ufffd', password: '[redacted]', deep: { secretAccessKey: '[redacted]' }, list: ['\ufffd'], big: '10',
  }) // prettier-ignore
})

test('months get their partitions ahead, and rows that came before them are moved without breaking the chain', async () => {
  const month = (await sql(`select to_char(now() at time zone 'UTC', 'YYYY_MM') as name`))[0]?.['name']
  assert.equal((await sql('select audit_ensure_partitions(2)::text as made'))[0]?.['made'], '0')
  await sql(`alter table audit detach partition audit_${month}`)
  await sql(`drop table audit_${month}`)
  await threeBatches()
  assert.equal((await sql('select count(*)::text as n from audit_default'))[0]?.['n'], '9')
  assert.equal((await sql('select audit_ensure_partitions(2)::text as made'))[0]?.['made'], '1')
  assert.equal((await sql('select count(*)::text as n from audit_default'))[0]?.['n'], '0')
  assert.deepEqual([(await verify()).ok, (await verify()).checked], [true, 9])
  await write('d1')
  await assert.rejects(sql('delete from audit'), /never changed/)
  await sealAll()
  assert.deepEqual([(await verify()).ok, (await verify()).checked], [true, 10])
})
