import type { Role } from '../estate/names.ts'
import { mix, pick } from '../estate/random.ts'

/** What a line is about: numbers that are its own, so that the same moment always says the same. */
export type Line = { app: string; role: Role | 'function'; isError: boolean; key: readonly number[] }

/** The message of a log event. */
export const messageOf = ({ app, role, isError, key }: Line): string => {
  const number = (salt: number, below: number): number => mix(...key, salt) % below
  const id = mix(...key, 9)
    .toString(16)
    .padStart(8, '0')
  const ms = isError ? 3000 + number(1, 2500) : 3 + number(1, 240)
  if (isError) return pick(errors[role], ...key, 7)(app, id, ms)
  switch (role) {
    case 'web':
      return `10.${number(2, 4)}.${number(3, 250)}.${number(4, 250)} "${pick(['GET', 'GET', 'GET', 'POST'], ...key, 5)} /${app}/${number(6, 9000)} HTTP/1.1" 200 ${400 + number(8, 60_000)} ${ms}ms`
    case 'api':
      return `{"level":"info","msg":"request","app":"${app}","path":"/v1/${app}/${number(6, 9000)}","status":200,"ms":${ms},"requestId":"${id}"}`
    case 'worker':
      return `INFO job ${id} of queue ${app} done in ${ms} ms`
    case 'db':
      return `LOG:  duration: ${ms}.${number(2, 1000)} ms  statement: SELECT * FROM ${app} WHERE id = ${number(6, 900_000)}`
    case 'function':
      return `REPORT RequestId: ${id}-0000-4000-8000-${id}0000 Duration: ${ms}.${number(2, 100)} ms Billed Duration: ${ms + 1} ms`
  }
}

type Say = (app: string, id: string, ms: number) => string

const errors: Record<Line['role'], readonly Say[]> = {
  web: [
    (app, id, ms) => `ERROR upstream ${app}-api did not answer within ${ms} ms, request ${id} ended with 504`,
    (app, id) => `ERROR connection to ${app}-api refused, request ${id} ended with 502`,
  ],
  api: [
    (app, id, ms) =>
      `{"level":"error","msg":"TimeoutError: ${app}-db did not answer","status":503,"ms":${ms},"requestId":"${id}"}`,
    (app, id) =>
      `{"level":"error","msg":"TypeError: Cannot read properties of undefined (reading 'price')","app":"${app}","status":500,"requestId":"${id}"}`,
  ],
  worker: [
    (app, id, ms) => `ERROR job ${id} of queue ${app} failed after ${ms} ms: TimeoutError: the lock was not to be had`,
    (_app, id) => `ERROR job ${id} failed: MemoryError: can't allocate 268435456 bytes`,
  ],
  db: [
    (app) => `ERROR:  deadlock detected on relation "${app}"`,
    (_app, _id, ms) => `ERROR:  canceling statement due to statement timeout after ${ms} ms`,
  ],
  function: [
    (app, id) => `[ERROR] ConnectionError: could not reach ${app}-api RequestId: ${id}-0000-4000-8000-${id}0000`,
    (_app, id, ms) =>
      `Task timed out after ${(ms / 1000).toFixed(2)} seconds RequestId: ${id}-0000-4000-8000-${id}0000`,
  ],
}
