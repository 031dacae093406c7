import type { NewAlert } from '#monitoring/monitoring.ts'
import type { News } from './record.ts'

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })

/** One alert for each incident: what belongs to it counts it up. */
export const alertOf = (news: News): NewAlert => {
  const name = news.resourceName ?? news.resourceId
  const [first] = news.evidence
  return {
    key: `ai/incident/${news.incidentId}`,
    severity: 'info',
    title: `${news.metric} of ${name} is unusual`,
    detail: `${number.format(news.value)} since ${news.beganAt.toISOString()}, where ${number.format(news.low)} to ${number.format(news.high)} was expected.${first === undefined ? '' : ` ${first.meaning}: as unusual as one value in ${number.format(first.oneIn)}.`}`,
    source: 'ai',
    subject: { type: 'Resource', id: news.resourceId },
    account: news.account,
  }
}
