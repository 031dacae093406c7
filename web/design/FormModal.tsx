import type { ReactNode } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { ProblemAlert } from './ProblemAlert.tsx'

/** A short form in a dialog: Enter sends it, what went wrong is said in it, and it stays open until it went well. */
export const FormModal = ({
  header,
  confirm,
  cancel = 'Cancel',
  isBusy,
  isReady,
  error,
  onConfirm,
  onClose,
  children,
}: {
  header: string
  confirm: string
  cancel?: string
  isBusy: boolean
  isReady: boolean
  error?: unknown
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}) => (
  <Modal
    visible
    onDismiss={onClose}
    header={header}
    footer={
      <Box float="right">
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={onClose}>
            {cancel}
          </Button>
          <Button variant="primary" loading={isBusy} disabled={!isReady} onClick={onConfirm}>
            {confirm}
          </Button>
        </SpaceBetween>
      </Box>
    }
  >
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady && !isBusy) onConfirm()
      }}
    >
      <SpaceBetween size="m">
        {children}
        {error !== undefined && <ProblemAlert error={error} />}
      </SpaceBetween>
      {/* Enter in an input submits a form only where there is a button that does. */}
      <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true" />
    </form>
  </Modal>
)
