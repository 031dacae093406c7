import type { Joined } from '#contracts/anomaly.ts'
import { shortId } from '../design/words.ts'

const nounOf = (type: string): string => type.slice(type.indexOf('.') + 1).replaceAll('-', ' ')

/** "Part of one incident with shop-web: by the target group tg-web, the load balancer shop-web." */
export const joinedWords = ({ kind, resource, path }: Joined): string => {
  const name = resource === null ? null : (resource.name ?? shortId(resource.id))
  switch (kind) {
    case 'resource':
      return 'Part of an incident that this resource had already.'
    case 'tags':
      return 'Part of one incident with others of the same app and env.'
    case 'driver':
      return `Part of one incident with ${name}, which makes up for it.`
    case 'relation': {
      const way = path.map((step) => `the ${nounOf(step.type)} ${step.name ?? shortId(step.id)}`).join(', ')
      return `Part of one incident with ${name}${way === '' ? '' : `: related by ${way}`}.`
    }
  }
}
