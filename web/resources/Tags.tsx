import Badge from '@cloudscape-design/components/badge'
import { naturally } from '../design/words.ts'

/** Tags that say most about a resource come first; the name has a column of its own. */
const first = ['env', 'environment', 'stage', 'team', 'owner', 'app', 'service']
const rank = (key: string): number => {
  const at = first.indexOf(key.toLowerCase())
  return at < 0 ? first.length : at
}

const sortedTags = (tags: Record<string, string>): [string, string][] =>
  Object.entries(tags)
    .filter(([key]) => key !== 'Name')
    .toSorted(([a], [b]) => rank(a) - rank(b) || naturally(a, b))

export const Tags = ({ tags, most }: { tags: Record<string, string>; most?: number }) => {
  const all = sortedTags(tags)
  const shown = all.slice(0, most ?? all.length)
  if (all.length === 0) return <>–</>
  return (
    <span className="tag-list">
      {shown.map(([key, value]) => (
        <Badge key={key}>{`${key}: ${value}`}</Badge>
      ))}
      {all.length > shown.length && <span>{`+${all.length - shown.length}`}</span>}
    </span>
  )
}
