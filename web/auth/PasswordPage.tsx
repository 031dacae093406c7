import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useChangePasswordMutation } from './endpoints.ts'

const empty = { current: '', next: '', again: '' }

export const PasswordPage = () => {
  const dispatch = useAppDispatch()
  const [{ current, next, again }, setGiven] = useState(empty)
  const [hasTried, setTried] = useState(false)
  const [changePassword, { isLoading, error }] = useChangePasswordMutation()
  const isDifferent = again !== next
  const submit = async (): Promise<void> => {
    setTried(true)
    if (current === '' || next === '' || isDifferent) return
    const result = await changePassword({ current, new: next })
    if (result.error !== undefined) return
    setGiven(empty)
    setTried(false)
    dispatch(said('success', 'Your password is changed', 'Your other sessions and your API tokens have ended.'))
  }
  const change = (part: Partial<typeof empty>): void => setGiven((given) => ({ ...given, ...part }))
  return (
    <ContentLayout
      header={
        <Header variant="h1" description="Your other sessions and your API tokens end with it.">
          Change password
        </Header>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Form
          actions={
            <Button variant="primary" loading={isLoading}>
              Change the password
            </Button>
          }
        >
          <Container>
            <SpaceBetween size="l">
              {error !== undefined && <ProblemAlert error={error} />}
              <FormField label="Current password" errorText={hasTried && current === '' ? 'This is needed.' : ''}>
                <Input
                  value={current}
                  type="password"
                  autoComplete="current-password"
                  onChange={({ detail }) => change({ current: detail.value })}
                />
              </FormField>
              <FormField label="New password" errorText={hasTried && next === '' ? 'This is needed.' : ''}>
                <Input
                  value={next}
                  type="password"
                  autoComplete="new-password"
                  onChange={({ detail }) => change({ next: detail.value })}
                />
              </FormField>
              <FormField
                label="New password again"
                errorText={hasTried && isDifferent ? 'The two are not the same.' : ''}
              >
                <Input
                  value={again}
                  type="password"
                  autoComplete="new-password"
                  onChange={({ detail }) => change({ again: detail.value })}
                />
              </FormField>
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </ContentLayout>
  )
}
