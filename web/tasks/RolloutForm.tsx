import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import type { Plan } from '#contracts/task.ts'
import { apiErrorOf } from '../api/problem.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { counted } from '../design/words.ts'
import { useMakePlanMutation } from './endpoints.ts'
import type { PlanRequest } from './endpoints.ts'
import { previewOf, rolloutOfPlan, rolloutProblems, rolloutRequest } from './rollout-values.ts'
import type { RolloutValues } from './rollout-values.ts'

/**
 * How the plan goes through its targets, to be changed before it is confirmed. What is confirmed is bound by its hash, so a
 * change makes another plan and shows that.
 */
export const RolloutForm = ({ plan, request }: { plan: Plan; request: PlanRequest }) => {
  const navigate = useNavigate()
  const location = useLocation()
  const [values, setValues] = useState(() => rolloutOfPlan(plan))
  const [makePlan, { isLoading, error }] = useMakePlanMutation()
  const change = (part: Partial<RolloutValues>): void => setValues({ ...values, ...part })
  const own = rolloutProblems(values)
  const told = error === undefined ? [] : apiErrorOf(error).errors
  /** Ours at once; the server's, once it has answered, at the field that it names. */
  const problemOf = (field: keyof typeof own | 'onBudget'): string =>
    (field === 'onBudget' ? undefined : own[field]) ??
    told.find(({ path }) => path === field || path.startsWith(`${field}.`))?.message ??
    ''
  const sizes = previewOf(values, plan.targets.length)
  const hasProblems = Object.keys(own).length > 0
  const isChanged = JSON.stringify(values) !== JSON.stringify(rolloutOfPlan(plan))

  const planAgain = async (): Promise<void> => {
    if (hasProblems) return
    const { data } = await makePlan({ ...request, ...rolloutRequest(values) })
    if (data !== undefined) void navigate(`/plans/${data.planHash}`, { replace: true, state: location.state })
  }

  return (
    <ExpandableSection
      variant="container"
      headerText="Waves and error budget"
      headerDescription="One part after the other, and when to stop by itself."
      defaultExpanded={plan.waves !== undefined || plan.watchAlarms !== undefined}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void planAgain()
        }}
      >
        <SpaceBetween size="l">
          <ColumnLayout columns={2} minColumnWidth={280}>
            <SpaceBetween size="m">
              <FormField label="Waves" errorText={values.waves === 'own' ? '' : problemOf('waves')}>
                <RadioGroup
                  value={values.waves}
                  items={[
                    {
                      value: 'usual',
                      label: 'Usual',
                      description: 'Above 100 targets 1, 5 %, 25 %, the rest; up to there all at once',
                    },
                    { value: 'default', label: '1 target, 5 %, 25 %, the rest' },
                    { value: 'none', label: 'None: all at once' },
                    { value: 'own', label: 'A list of your own' },
                  ]}
                  onChange={({ detail }) => change({ waves: choiceOf(waveChoices, detail.value) })}
                />
              </FormField>
              {values.waves === 'own' && (
                <FormField
                  label="List of waves"
                  description="Numbers of targets, or shares of all; what is left is the last wave."
                  errorText={problemOf('waves')}
                >
                  <Input
                    value={values.ownWaves}
                    placeholder="1, 5 %, 25 %"
                    onChange={({ detail }) => change({ ownWaves: detail.value })}
                  />
                </FormField>
              )}
              {values.waves !== 'none' && (
                <FormField
                  label="Seconds between two waves"
                  description="By the cloud’s clock; on sandbox accounts that is the sandbox’s."
                  errorText={problemOf('soakSeconds')}
                >
                  <Input
                    type="number"
                    value={values.soakSeconds}
                    step={1}
                    onChange={({ detail }) => change({ soakSeconds: detail.value })}
                  />
                </FormField>
              )}
            </SpaceBetween>
            <SpaceBetween size="m">
              <FormField label="Error budget" errorText={values.budget === 'own' ? '' : problemOf('errorBudget')}>
                <RadioGroup
                  value={values.budget}
                  items={[
                    { value: 'usual', label: 'Usual', description: '5 % of what was begun, with waves; none without' },
                    { value: 'none', label: 'None: it goes on, however many fail' },
                    { value: 'own', label: 'One of your own' },
                  ]}
                  onChange={({ detail }) => change({ budget: choiceOf(budgetChoices, detail.value) })}
                />
              </FormField>
              {values.budget === 'own' && (
                <FormField
                  label="Failures that it may have"
                  description="A number of targets, or a share of those that were begun."
                  errorText={problemOf('errorBudget')}
                >
                  <Input
                    value={values.ownBudget}
                    placeholder="5 %"
                    onChange={({ detail }) => change({ ownBudget: detail.value })}
                  />
                </FormField>
              )}
              {values.budget !== 'none' && (
                <FormField label="When more fail" errorText={problemOf('onBudget')}>
                  <RadioGroup
                    value={values.onBudget}
                    items={[
                      { value: 'stop', label: 'The rest is not begun' },
                      { value: 'undo', label: 'The rest is not begun, and what was done is taken back' },
                    ]}
                    onChange={({ detail }) => change({ onBudget: detail.value === 'undo' ? 'undo' : 'stop' })}
                  />
                </FormField>
              )}
              <FormField
                label="Alarms that pause it"
                description="ARNs, one a line. One that goes off pauses the task, also at the end of a wave."
                errorText={problemOf('watchAlarms')}
              >
                <Textarea
                  value={values.watchAlarms}
                  rows={2}
                  placeholder="arn:aws:cloudwatch:…"
                  onChange={({ detail }) => change({ watchAlarms: detail.value })}
                />
              </FormField>
            </SpaceBetween>
          </ColumnLayout>
          <div aria-live="polite">
            <Box variant="awsui-key-label">Sizes of the waves</Box>
            {previewWords(sizes)}
          </div>
          {error !== undefined && <ProblemAlert error={error} />}
          <Button disabled={!isChanged || hasProblems} loading={isLoading} loadingText="Planning">
            Plan with these
          </Button>
        </SpaceBetween>
      </form>
    </ExpandableSection>
  )
}

const waveChoices = ['usual', 'default', 'none', 'own'] as const
const budgetChoices = ['usual', 'none', 'own'] as const
const choiceOf = <Choice extends string>(choices: readonly [Choice, ...Choice[]], value: string): Choice =>
  choices.find((choice) => choice === value) ?? choices[0]

const previewWords = (sizes: number[] | null): string => {
  if (sizes === null) return '–'
  const [first = 0, ...more] = sizes
  return more.length === 0 ? `${counted(first, 'target')}, all at once` : `${sizes.join(', ')} targets`
}
