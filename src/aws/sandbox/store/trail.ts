import type { DatabaseSync } from 'node:sqlite'

/** A call of the API, as CloudTrail knows it: one event, however many resources it changed. */
export type TrailCall = { id: string; at: number; service: string; account: string; region: string }

export type TrailRecord = TrailCall & { action: string; resource: string; number: number }

export type Trail = {
  add: (call: TrailCall, action: string, resource: string) => void
  /** The newest first; `below` is the number of the last one of the page before. */
  find: (query: {
    account: string
    region: string
    resource: string | undefined
    from: number
    to: number
    below: number
    limit: number
  }) => TrailRecord[]
}

/** Records that are kept: AWS keeps those of 90 days. */
const mostRecords = 200_000
/** Old ones are looked for now and then. */
const tidyEvery = 1_000

/** CloudTrail's memory, in the sandbox's file. Written with what it tells of, in the same transaction. */
export const openTrail = (db: DatabaseSync): Trail => {
  db.exec(`create table if not exists trail (
      number integer primary key autoincrement, id text not null, at int not null, service text not null, account text not null,
      region text not null, action text not null, resource text not null, name text not null);
    create index if not exists trail_name on trail (name, number);`)
  const insert = db.prepare(
    'insert into trail (id, at, service, account, region, action, resource, name) values (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const tidy = db.prepare('delete from trail where number <= ?')
  const select = db.prepare(
    `select number, id, at, service, account, region, action, resource from trail
     where account = ? and region = ? and (? is null or name = ? or resource = ?) and at >= ? and at <= ? and number < ?
     order by number desc limit ?`,
  )
  return {
    add: ({ id, at, service, account, region }, action, resource) => {
      const { lastInsertRowid } = insert.run(id, at, service, account, region, action, resource, nameOf(resource))
      if (Number(lastInsertRowid) % tidyEvery === 0) tidy.run(Number(lastInsertRowid) - mostRecords)
    },
    find: ({ account, region, resource, from, to, below, limit }) =>
      select
        .all(account, region, resource ?? null, resource ?? '', resource ?? '', from, to, below, limit)
        .map((row) => ({
          number: Number(row['number']),
          id: String(row['id']),
          at: Number(row['at']),
          service: String(row['service']),
          account: String(row['account']),
          region: String(row['region']),
          action: String(row['action']),
          resource: String(row['resource']),
        })),
  }
}

/** The name of a resource that is known by its ARN here: CloudTrail finds it by either. */
const nameOf = (resource: string): string =>
  /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:log-group:|alarm:|function:|.*\/)?(.+)$/s.exec(resource)?.[1] ?? resource
