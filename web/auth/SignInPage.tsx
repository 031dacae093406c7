import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ApiError } from '../api/problem.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useSession } from './SessionContext.tsx'
import { signIn } from './sign-in.ts'

export const SignInPage = () => {
  const session = useSession()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [hasTried, setTried] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)

  const submit = async (): Promise<void> => {
    setTried(true)
    if (isBusy || email.trim() === '' || password === '') return
    setBusy(true)
    setFailure(null)
    const result = await signIn({ email: email.trim(), password })
    setBusy(false)
    if ('error' in result) {
      setFailure(result.error)
      setPassword('')
      setTried(false)
      return
    }
    session.begin(result.credentials)
    session.announce()
  }

  return (
    <main className="sign-in">
      <div>
        <SpaceBetween size="l">
          <div className="brand">
            <img src="/favicon.svg" width="40" height="40" alt="" />
            <div>
              <Box variant="h1" padding="n">
                AWS Orchestrator
              </Box>
              <Box color="text-body-secondary">Plan, approve, run and undo changes in AWS</Box>
            </div>
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void submit()
            }}
          >
            <Container header={<Header variant="h2">Sign in</Header>}>
              <Form
                actions={
                  <Button variant="primary" formAction="submit" loading={isBusy} loadingText="Signing in">
                    Sign in
                  </Button>
                }
              >
                <SpaceBetween size="m">
                  {failure !== null && <ProblemAlert error={failure} />}
                  <FormField
                    label="Email"
                    errorText={hasTried && email.trim() === '' ? 'Enter your email address.' : ''}
                  >
                    <Input
                      value={email}
                      onChange={({ detail }) => setEmail(detail.value)}
                      type="email"
                      inputMode="email"
                      autoComplete="username"
                      name="email"
                      autoFocus
                    />
                  </FormField>
                  <FormField label="Password" errorText={hasTried && password === '' ? 'Enter your password.' : ''}>
                    <Input
                      value={password}
                      onChange={({ detail }) => setPassword(detail.value)}
                      type="password"
                      autoComplete="current-password"
                      name="password"
                    />
                  </FormField>
                </SpaceBetween>
              </Form>
            </Container>
          </form>
          <FirstTime />
        </SpaceBetween>
      </div>
    </main>
  )
}

const FirstTime = () => (
  <ExpandableSection headerText="First time here?">
    <SpaceBetween size="xs">
      <div>
        The first start creates an administrator,{' '}
        <Box variant="code" display="inline">
          admin@localhost
        </Box>{' '}
        unless it was configured otherwise, and prints the password in the terminal. Until the first sign-in it is also
        kept in the file{' '}
        <Box variant="code" display="inline">
          .orchestrator/initial-password
        </Box>{' '}
        of the server’s data directory.
      </div>
      <div>
        Password lost? On the server, run{' '}
        <Box variant="code" display="inline">
          orchestrator user reset
        </Box>
        .
      </div>
    </SpaceBetween>
  </ExpandableSection>
)
