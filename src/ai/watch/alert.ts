import type { NewAlert } from '#monitoring/monitoring.ts'
import { costMetric } from '../costs/cost-series.ts'
import type { News } from './record.ts'

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })
const usd = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })

export const alertKey = (incidentId: string): string => `ai/incident/${incidentId}`

/** One alert for each incident: what belongs to it counts it up. */
export const alertOf = (news: News): NewAlert => {
  const name = news.resourceName ?? news.resourceId
  const isCost = news.metric === costMetric
  const words = (value: number): string => (isCost ? usd : number).format(value)
  const [first] = news.evidence
  const [driver] = news.drivers ?? []
  return {
    key: alertKey(news.incidentId),
    severity: 'info',
    title: isCost ? `${name} costs more than usual` : `${news.metric} of ${name} is unusual`,
    detail: [
      `${words(news.value)}${isCost ? ' a day' : ''} since ${news.beganAt.toISOString()}, where ${words(news.low)} to ${words(news.high)} was expected.`,
      ...(driver === undefined
        ? []
        : [
            `${driver.resource.name ?? driver.resource.id} costs ${usd.format(driver.usd)} a day, before ${usd.format(driver.beforeUsd)}.`,
          ]),
      ...(first === undefined ? [] : [`${first.meaning}: as unusual as one value in ${number.format(first.oneIn)}.`]),
    ].join(' '),
    source: 'ai',
    subject: { type: isCost ? 'Account' : 'Resource', id: isCost ? news.account : news.resourceId },
    account: news.account,
  }
}
