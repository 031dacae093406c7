import type { TellOfBreaker } from '#aws/cloud.ts'
import type { Monitoring } from './monitoring.ts'

/** People are told when AWS stops answering somewhere, and when it answers again. */
export const alertsOfBreakers =
  (monitoring: Pick<Monitoring, 'raiseAlert' | 'resolveAlert'>): TellOfBreaker =>
  async ({ kind, account, region, service, since, error }, tx) => {
    const key = `aws/breaker/${account}/${region}/${service}`
    if (kind === 'closed') return monitoring.resolveAlert(key, tx)
    const detail = `Since ${since.toISOString()}: ${error.code}: ${error.message}. Tasks there wait and go on by themselves.`
    const title = `${service} in ${region} does not answer account ${account}`
    const subject = { type: 'Account', id: account }
    await monitoring.raiseAlert({ key, severity: 'warning', title, detail, source: 'aws', subject, account }, tx)
  }
