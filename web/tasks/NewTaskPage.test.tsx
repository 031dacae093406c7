import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderPage } from '../app/test-page.tsx'
import { NewTaskPage } from './NewTaskPage.tsx'

const operation = {
  name: 'cloudwatch.alarm.put',
  title: 'Make or replace alarms',
  description: 'Makes metric alarms.',
  targetType: 'cloudwatch.alarm',
  targetsBy: 'place',
  params: {
    type: 'object',
    properties: { alarms: { type: 'array', items: { type: 'object', properties: {} } } },
    required: ['alarms'],
  },
}
const accounts = { items: [{ id: '111122223333', name: 'shop', regions: ['eu-west-1'] }], nextCursor: null }
const answers = {
  'GET /api/v1/operations/cloudwatch.alarm.put': () => [200, operation] as [number, unknown],
  'GET /api/v1/accounts': () => [200, accounts] as [number, unknown],
  'POST /api/v1/plans': () => [201, { planHash: 'h' }] as [number, unknown],
}
const open = (search: string) =>
  renderPage(<NewTaskPage />, {
    route: '/tasks/new',
    path: `/tasks/new?operation=cloudwatch.alarm.put${search}`,
    answers,
  })

it('plans something new in the account and Region of the address', async () => {
  const { requests } = open('&account=111122223333&region=eu-west-1')
  fireEvent.change(await screen.findByLabelText('Alarms'), { target: { value: '[{"name":"x"}]' } })
  fireEvent.click(screen.getByRole('button', { name: 'Make the plan' }))
  await waitFor(() => expect(requests.some(({ method }) => method === 'POST')).toBe(true))
  const sent = await requests.find(({ method }) => method === 'POST')?.json()
  expect(sent).toMatchObject({
    operation: 'cloudwatch.alarm.put',
    targets: { account: '111122223333', region: 'eu-west-1' },
    params: { alarms: [{ name: 'x' }] },
  })
})

it('asks where, and plans nothing before that is said', async () => {
  const { requests } = open('')
  fireEvent.change(await screen.findByLabelText('Alarms'), { target: { value: '[]' } })
  fireEvent.click(screen.getByRole('button', { name: 'Make the plan' }))
  expect(await screen.findByText('Choose an account and a Region.')).toBeTruthy()
  expect(requests.some(({ method }) => method === 'POST')).toBe(false)
})
