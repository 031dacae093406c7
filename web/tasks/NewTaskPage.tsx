import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { useLocation, useNavigate, useSearchParams } from 'react-router'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Targets } from '#contracts/resource.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { FormPage } from '../design/FormPage.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { counted } from '../design/words.ts'
import { ApiCall } from './ApiCall.tsx'
import { useGetOperationQuery, useMakePlanMutation } from './endpoints.ts'
import { fieldProblem, paramsOf } from './form-values.ts'
import { ParamsForm } from './ParamsForm.tsx'
import { PlaceChoice } from './PlaceChoice.tsx'
import type { Place } from './PlaceChoice.tsx'
import { fieldsOf, initialValues } from './schema-form.ts'
import type { JsonSchema } from './schema-form.ts'
import { targetsIn } from './targets-in-url.ts'
import { TaskSteps } from './TaskSteps.tsx'

/** First half of a new task: its parameters. The second is the plan's own page, which can be linked. */
export const NewTaskPage = () => {
  const [search] = useSearchParams()
  const location = useLocation()
  const name = search.get('operation') ?? ''
  const targets = targetsIn(search, location.state)
  const { data: operation, error, refetch } = useGetOperationQuery(name, { skip: name === '' })
  if (name === '') return <NothingChosen />
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (operation === undefined) return <PageLoading />
  const key = `${name} ${search}`
  if (operation.targetsBy === 'place') return <Making key={key} operation={operation} initial={placeIn(targets)} />
  return targets === null ? <NothingChosen /> : <Parameters key={key} operation={operation} targets={targets} />
}

const placeIn = (targets: Targets | null): Place | null => {
  const { account, region } = targets ?? {}
  return account === undefined || region === undefined ? null : { account, region }
}

/** An operation that makes something: where is asked for here, what is in the parameters. */
const Making = ({ operation, initial }: { operation: OperationInfo; initial: Place | null }) => {
  const [place, setPlace] = useState(initial)
  return (
    <Parameters operation={operation} targets={place}>
      <PlaceChoice place={place} onChange={setPlace} />
    </Parameters>
  )
}

const NothingChosen = () => (
  <Box textAlign="center" padding="xxl">
    <SpaceBetween size="m">
      <Box variant="h1">Choose what to work on first</Box>
      <Box color="text-body-secondary">Select resources in the table, then an action.</Box>
      <Button href="/resources?q=type:ec2.instance" variant="primary">
        Choose instances
      </Button>
    </SpaceBetween>
  </Box>
)

const targetWords = (targets: Targets): string => {
  if ('ids' in targets) return counted(targets.ids.length, 'selected resource')
  if ('query' in targets) return `everything that matches “${targets.query}”`
  return `account ${targets.account}, ${targets.region}`
}

const Parameters = ({
  operation,
  targets,
  children,
}: {
  operation: OperationInfo
  /** Null while the place where something is to be made is not chosen yet. */
  targets: Targets | null
  children?: ReactNode
}) => {
  const navigate = useNavigate()
  // The server generates the schema from its own definition, in the dialect that the form reads.
  const fields = fieldsOf(operation.params as JsonSchema)
  const [values, setValues] = useState(() => initialValues(fields))
  const [hasTried, setTried] = useState(false)
  const [makePlan, { isLoading, error }] = useMakePlanMutation()
  const request = targets && {
    operation: operation.name,
    targets,
    params: hasProblems(fields, values) ? {} : paramsOf(fields, values),
  }

  const plan = async (): Promise<void> => {
    setTried(true)
    if (request === null || hasProblems(fields, values)) return
    const made = await makePlan({ ...request, params: paramsOf(fields, values) })
    // Without parameters there is nothing to come back to: the browser's "back" leads to the table.
    if (made.data !== undefined)
      void navigate(`/plans/${made.data.planHash}`, { replace: fields.length === 0, state: { targets } })
  }
  const begun = useRef(false)
  useEffect(() => {
    if (fields.length > 0 || begun.current) return
    begun.current = true
    void plan()
  })

  return (
    <FormPage
      title={operation.title}
      description={`${operation.description}${targets === null ? '' : ` For ${targetWords(targets)}.`}`}
      above={<TaskSteps current="parameters" />}
      confirm="Make the plan"
      isBusy={isLoading}
      busyText="Planning"
      error={error}
      onConfirm={() => void plan()}
    >
      {isLoading && (
        <StatusIndicator type="loading">Reading the targets’ state from AWS and checking each</StatusIndicator>
      )}
      {children}
      {hasTried && targets === null && <Alert type="error">Choose an account and a Region.</Alert>}
      <Container header={<Header variant="h2">Parameters</Header>}>
        {fields.length === 0 ? (
          <Box color="text-body-secondary">This operation has no parameters.</Box>
        ) : (
          <ParamsForm fields={fields} values={values} showProblems={hasTried} onChange={setValues} />
        )}
      </Container>
      {request !== null && <ApiCall request={request} />}
    </FormPage>
  )
}

const hasProblems = (fields: ReturnType<typeof fieldsOf>, values: ReturnType<typeof initialValues>): boolean =>
  fields.some((field) => fieldProblem(field, values[field.name]) !== '')
