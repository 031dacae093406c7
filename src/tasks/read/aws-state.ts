import type { Aws } from '#aws/cloud.ts'
import type { Breaker, Quota } from '#contracts/queue.ts'

/** What the queue waits for in AWS: quotas and services that don't answer, of the accounts that are known here. */
export const awsState = async (
  aws: Pick<Aws, 'accounts' | 'breakers' | 'clock' | 'quotas'>,
): Promise<{ quotas: Quota[]; breakers: Breaker[] }> => {
  const [accounts, buckets, broken] = await Promise.all([aws.accounts.list(), aws.quotas.list(), aws.breakers.list()])
  const known = new Map(accounts.map((account) => [account.id, account]))
  const quotas = buckets.flatMap(
    ({ cloud: _cloud, name, account, throttledAt, learned, refillPerSecond, ...bucket }) => {
      const owner = known.get(account)
      if (owner === undefined) return []
      return {
        ...bucket,
        account,
        bucket: name,
        refillPerSecond: refillPerSecond / aws.clock(owner).speed,
        throttledAt: throttledAt?.toISOString() ?? null,
        learned: learned && { ...learned, at: learned.at.toISOString() },
      }
    },
  )
  const breakers = broken
    .filter(({ account }) => known.has(account))
    .map(({ account, region, service, openedAt, failures, nextProbeAt, probeInSeconds, errorCode, errorMessage }) => ({
      account,
      region,
      service,
      state: probeInSeconds > 0 ? ('open' as const) : ('half-open' as const),
      since: openedAt.toISOString(),
      failures,
      nextProbeAt: nextProbeAt.toISOString(),
      lastError: { code: errorCode, message: errorMessage },
    }))
  return { quotas, breakers }
}
