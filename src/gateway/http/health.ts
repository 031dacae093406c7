import { z } from 'zod'
import type { HttpService } from '#platform/http/service.ts'
import { messageOf } from '#platform/app-error.ts'

/** Throws when the thing that it is named for can't do its work. */
export type ReadyChecks = Record<string, () => Promise<unknown>>

const checkTimeoutMs = 2_000
const checkResult = z.enum(['ok', 'failed'])

/** `/healthz`: the process is alive. `/readyz`: it can serve. `/version`. JSON, without sign-in, for load balancers. */
export const healthHttp =
  (options: { version: string; checks: ReadyChecks }): HttpService =>
  (http) => {
    http.route({
      method: 'GET',
      url: '/healthz',
      config: { access: 'public' },
      schema: {
        tags: ['server'],
        summary: 'Whether the process is alive',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
      handler: async () => ({ status: 'ok' as const }),
    })

    const readyAnswer = z.object({ status: z.enum(['ready', 'not_ready']), checks: z.record(z.string(), checkResult) })
    http.route({
      method: 'GET',
      url: '/readyz',
      config: { access: 'public' },
      schema: {
        tags: ['server'],
        summary: 'Whether the process can serve',
        response: { 200: readyAnswer, 503: readyAnswer },
      },
      handler: async (request, reply) => {
        const checks = Object.fromEntries(
          await Promise.all(
            Object.entries(options.checks).map(async ([name, check]) => {
              try {
                await within(checkTimeoutMs, check())
                return [name, 'ok'] as const
              } catch (error) {
                // Why is for the log only: anyone may ask here.
                request.log.warn({ check: name, reason: messageOf(error) }, 'not ready')
                return [name, 'failed'] as const
              }
            }),
          ),
        )
        const isReady = Object.values(checks).every((result) => result === 'ok')
        return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not_ready', checks })
      },
    })

    const version = z.object({ name: z.literal('aws-orchestrator'), version: z.string() })
    http.route({
      method: 'GET',
      url: '/version',
      config: { access: 'public' },
      schema: { tags: ['server'], summary: 'Which release this is', response: { 200: version } },
      handler: async () => ({ name: 'aws-orchestrator' as const, version: options.version }),
    })
  }

const within = async (milliseconds: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds)
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
