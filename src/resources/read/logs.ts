import { AwsFailure } from '#aws/failure.ts'
import type { Aws } from '#aws/cloud.ts'
import type { LogsQuery, ResourceLogs } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource } from '#contracts/resource.ts'
import type { Clock } from '#platform/clock.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '#platform/http/paging.ts'
import { errors } from '../errors.ts'
import { failureText } from '../sync/failure-text.ts'
import type { GetResource } from './get.ts'

const defaultSpanMs = 3_600_000
/** Characters of a message; AWS takes up to a million. */
const longestMessage = 8_000

/** Events of a resource's log group, always read from AWS: logs are too many to be copied. */
export const createLogs = ({ aws, find, clock }: { aws: Aws; find: GetResource['find']; clock: Clock }) => {
  return async (principal: Principal, id: string, query: LogsQuery): Promise<ResourceLogs> => {
    const { account, resource } = await find(principal, id)
    const group = logGroupOf(resource)
    if (group === null) throw errors.no_logs(`This ${resource.type} has no logs that are known here.`)
    const position = query.cursor === undefined ? undefined : positionOf(query.cursor)
    // A search goes on over the time that it began with, else "until now" would be another one on each page.
    const toMs = position?.toMs ?? (query.to === undefined ? clock.now().getTime() : Date.parse(query.to))
    const fromMs = position?.fromMs ?? (query.from === undefined ? toMs - defaultSpanMs : Date.parse(query.from))
    if (fromMs >= toMs) throw platformErrors.invalid_request('`from` has to be earlier than `to`.')
    try {
      const logs = await aws.logs(account, resource.region)
      const { events, next } = await logs.filterEvents(
        { priority: 'interactive' },
        {
          group,
          from: new Date(fromMs),
          to: new Date(toMs),
          pattern: query.filter === '' ? undefined : query.filter,
          limit: query.limit,
          token: position?.token,
        },
      )
      return {
        logGroup: group,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        items: events.map(({ message, ...event }) => ({
          ...event,
          message: message.slice(0, longestMessage),
          isCut: message.length > longestMessage,
        })),
        nextCursor: next === null ? null : cursorOf({ fromMs, toMs, token: next }),
        freshness: { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] },
      }
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      if (/InvalidParameter/.test(error.code))
        throw platformErrors.invalid_request(`CloudWatch Logs does not take this search: ${failureText(error)}`, {
          cause: error,
        })
      throw platformErrors.unavailable(`The logs could not be read: ${failureText(error)}`, { cause: error })
    }
  }
}

/** The log group itself, or the one that a function writes to. */
const logGroupOf = ({ id, config }: Resource): string | null => {
  const own = /^arn:[\w-]+:logs:[^:]*:[^:]*:log-group:(.+)$/.exec(id)?.[1]
  if (own !== undefined) return own
  const name = /^arn:[\w-]+:lambda:[^:]*:[^:]*:function:([^:]+)$/.exec(id)?.[1]
  if (name === undefined) return null
  const logging = config['LoggingConfig']
  const set = typeof logging === 'object' && logging !== null && 'LogGroup' in logging ? logging.LogGroup : undefined
  return typeof set === 'string' ? set : `/aws/lambda/${name}`
}

type Position = { fromMs: number; toMs: number; token: string }

const cursorOf = ({ fromMs, toMs, token }: Position): string => encodeCursor([String(fromMs), String(toMs), token])

const positionOf = (cursor: string): Position => {
  const [fromMs, toMs, token = ''] = decodeCursor(cursor, 3)
  if (![fromMs, toMs].every((ms) => /^\d{1,15}$/.test(ms ?? ''))) throw invalidCursor(cursor)
  return { fromMs: Number(fromMs), toMs: Number(toMs), token }
}
