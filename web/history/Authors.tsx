import Link from '@cloudscape-design/components/link'
import type { Author } from '#contracts/history.ts'
import { actorWords } from './change-words.ts'

/** Who may have done it: our own tasks, calls that CloudTrail knows. */
export const Authors = ({ by }: { by: readonly Author[] }) =>
  by.length === 0 ? (
    <>Not known</>
  ) : (
    <>
      {by.map((author) =>
        author.kind === 'task' ? (
          <div key={author.task}>
            <Link href={`/tasks/${author.task}`}>{author.operation ?? `Task ${author.task.slice(0, 8)}`}</Link>
            {author.requestedBy !== null && ` for ${author.requestedBy}`}
          </div>
        ) : (
          <div key={author.eventId} title={author.actor}>
            {author.event} by {actorWords(author.actor)} (CloudTrail)
          </div>
        ),
      )}
    </>
  )
