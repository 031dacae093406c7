import { useRef } from 'react'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { ProblemAlert } from './ProblemAlert.tsx'

/** A form that fills a page: Enter sends it, what went wrong stands on top, and the first field that is wrong gets the focus. */
export const FormPage = ({
  title,
  description,
  above,
  confirm,
  isBusy,
  busyText,
  error,
  onConfirm,
  children,
}: {
  title: string
  description: string
  /** Over the title: the steps that this form is one of. */
  above?: ReactNode
  confirm: string
  isBusy: boolean
  busyText?: string
  error?: unknown
  onConfirm: () => void
  children: ReactNode
}) => {
  const navigate = useNavigate()
  const form = useRef<HTMLFormElement>(null)
  const send = (): void => {
    onConfirm()
    // Once the problems are on the screen.
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  const header = (
    <Header variant="h1" description={description}>
      {title}
    </Header>
  )
  return (
    <ContentLayout
      header={
        above === undefined ? (
          header
        ) : (
          <SpaceBetween size="m">
            {above}
            {header}
          </SpaceBetween>
        )
      }
    >
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={() => void navigate(-1)}>
                Cancel
              </Button>
              <Button variant="primary" loading={isBusy} {...(busyText !== undefined && { loadingText: busyText })}>
                {confirm}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {error !== undefined && <ProblemAlert error={error} />}
            {children}
          </SpaceBetween>
        </Form>
      </form>
    </ContentLayout>
  )
}
