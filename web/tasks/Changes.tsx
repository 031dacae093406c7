import type { Image } from '#contracts/task.ts'
import { fieldWords, valueWords } from '../design/words.ts'
import { changesBetween } from './images.ts'

/** The keys of a tag are the user's own words; other fields are named by ours. */
const named = (field: string): string => (field.startsWith('tags.') ? `Tag ${field.slice(5)}` : fieldWords(field))

/** What a target is and what it will be (or became), field by field; read aloud as "from ... to ...". */
export const Changes = ({ before, after }: { before: Image; after: Image | null }) => {
  const changes = after === null ? [] : changesBetween(before, after)
  if (changes.length === 0) return <>–</>
  return (
    <>
      {changes.map(({ field, from, to }) => (
        <div key={field}>
          <span className="change">
            <span>{named(field)}:</span>
            <span className="visually-hidden">from</span>
            <del>{valueWords(from)}</del>
            <span aria-hidden="true">→</span>
            <span className="visually-hidden">to</span>
            <ins>{valueWords(to)}</ins>
          </span>
        </div>
      ))}
    </>
  )
}
