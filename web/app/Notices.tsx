import Flashbar from '@cloudscape-design/components/flashbar'
import type { FlashbarProps } from '@cloudscape-design/components/flashbar'
import Link from '@cloudscape-design/components/link'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import { isFinal } from '#contracts/task.ts'
import { doneShare, statusInSentence } from '../tasks/task-status.ts'
import { dismissed } from './notices.ts'
import type { Notice } from './notices.ts'
import { useAppDispatch, useAppSelector } from './store.ts'

/** The stacked bar of messages and of this user's tasks, each moving from in progress to done or failed. */
export const Notices = () => {
  const notices = useAppSelector((state) => state.notices)
  const dispatch = useAppDispatch()
  const items = notices.map((notice): FlashbarProps.MessageDefinition => ({
    id: notice.id,
    dismissible: true,
    dismissLabel: 'Dismiss this message',
    onDismiss: () => dispatch(dismissed(notice.id)),
    ...shown(notice),
  }))
  return (
    <Flashbar
      items={items}
      stackItems
      i18nStrings={{
        ariaLabel: 'Notifications',
        notificationBarText: 'Notifications',
        notificationBarAriaLabel: 'View all notifications',
      }}
    />
  )
}

const shown = (notice: Notice): Partial<FlashbarProps.MessageDefinition> => {
  if (notice.kind === 'message') {
    return {
      type: notice.tone,
      header: notice.header,
      content: notice.text,
      ...(notice.tone === 'error' ? { ariaRole: 'alert' } : { ariaRole: 'status' }),
    }
  }
  const link = (
    <Link color="inverted" href={`/tasks/${notice.taskId}`}>
      Open the task
    </Link>
  )
  const header = `${notice.operation}: ${statusInSentence(notice.status)}`
  if (notice.status === 'awaiting_approval')
    return { type: 'info', header, content: <>Somebody has to approve it before it runs. {link}</> }
  if (!isFinal(notice.status)) {
    return {
      type: 'in-progress',
      loading: true,
      header,
      content: (
        <ProgressBar
          variant="flash"
          value={notice.progress === null ? 0 : doneShare(notice.progress)}
          ariaLabel={`Progress of ${notice.operation}`}
          additionalInfo={link}
        />
      ),
    }
  }
  const tone =
    notice.status === 'succeeded'
      ? 'success'
      : notice.status === 'partly_failed' || notice.status === 'cancelled'
        ? 'warning'
        : 'error'
  return { type: tone, header, content: link, ariaRole: tone === 'success' ? 'status' : 'alert' }
}
