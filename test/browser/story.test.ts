import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { RunningProcess } from '../support/installation.ts'
import { initialPassword, startProcess, temporaryDirectory } from '../support/installation.ts'
import { launchChromium, openBrowser, signIn } from './chromium.ts'
import type { Person } from './chromium.ts'

// What people see and do: the built console, served by a real process on a fresh installation. The stories build on each other.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let browser: Browser
let admin: Person
const password = 'correct horse battery staple 7'
const people: Person[] = []

before(async () => {
  directory = await temporaryDirectory()
  server = await startProcess({
    ORCHESTRATOR_DATA_DIR: directory.path,
    ORCHESTRATOR_SANDBOX_SPEED: '60',
    ORCHESTRATOR_SANDBOX_SIZE: '500',
  })
  browser = await launchChromium()
})
after(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.remove()
})

const open = async (options?: Parameters<typeof openBrowser>[2]): Promise<Person> => {
  const person = await openBrowser(browser, server.url, options)
  people.push(person)
  return person
}

/** Instances that nothing owns or protects, so that they can be stopped. */
const free = 'type:ec2.instance state:running -tag.aws:autoscaling:groupName:* -tag.orchestrator:protected:*'

/** Searches, selects the first rows, chooses the action, and makes the plan. */
const planStop = async (page: Page, query: string, rows: number): Promise<void> => {
  // From a search that finds nothing, so that every row that appears is of the search that follows.
  await page.goto('/resources?q=name:nothing-has-this-name')
  await page.getByText('No resources match').waitFor()
  const search = page.getByRole('combobox', { name: 'Query' })
  await search.fill(`${free} ${query}`)
  await search.press('Enter')
  const boxes = page.getByRole('row').getByRole('checkbox', { name: /^Select (?!all)/ })
  await boxes.nth(rows - 1).waitFor()
  for (let row = 0; row < rows; row += 1) await boxes.nth(row).check({ force: true })
  await page.getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: /Stop/ }).click()
  await page.getByRole('button', { name: 'Make the plan' }).click()
  await page.getByText('Nothing has happened yet').waitFor()
}

/** The task's own status, not that of a notice or a target. */
const status = (page: Page, word: string) =>
  page.getByRole('status', { name: 'Status of the task' }).getByText(word, { exact: true })

test('a wrong password is said clearly', async () => {
  const { page } = await open({ ignore: /401/ })
  await page.goto('/tasks?status=failed')
  await page.getByText('First time here?').click()
  await page.getByText('initial-password').waitFor()
  await page.getByLabel('Email').fill('admin@localhost')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor()
  assert.equal(await page.getByLabel('Password').inputValue(), '')
})

test('the first user signs in, finds instances, stops them, watches it live and takes it back', async () => {
  admin = await open()
  const { page } = admin
  await page.goto('/')
  await signIn(page, 'admin@localhost', await initialPassword(directory.path))
  await page.getByText('Sandbox: simulated AWS').waitFor()

  await planStop(page, 'tag.env:dev', 3)
  await page.getByLabel('Reason').fill('not needed at night')
  await page.getByRole('button', { name: /^Run on/ }).click()

  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  await status(page, 'Succeeded').waitFor()
  await page.getByText('ec2.stop: succeeded', { exact: true }).waitFor()
  await page.getByText('verify: succeeded').first().waitFor()

  await page.getByRole('button', { name: 'Undo' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('This task takes back').waitFor()
  await status(page, 'Succeeded').waitFor()
  await page.getByRole('link', { name: 'an earlier one' }).click()
  await page.getByText('This task was taken back by').waitFor()
  admin.assertQuiet()
})

test('a person alone approves a risky task of their own on the sandbox, by typing what it does', async () => {
  const { page } = admin
  await planStop(page, 'tag.env:prod', 1)
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await page.getByText('This is your own task').waitFor()
  const approve = page.getByRole('button', { name: 'Approve', exact: true })
  assert.equal(await approve.isDisabled(), true)
  await page.getByRole('textbox', { name: /to approve$/ }).fill('ec2.stop 1')
  await approve.click()
  await status(page, 'Succeeded').waitFor()
  await page.getByRole('tab', { name: /Approvals/ }).click()
  await page.getByText('by the requester').waitFor()
  admin.assertQuiet()
})

test('the administrator makes an operator and an approver', async () => {
  const { page } = admin
  await page.getByRole('link', { name: 'Users' }).click()
  for (const role of ['operator', 'approver']) {
    await page.getByRole('button', { name: 'Create user' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Email').fill(`${role}@example.org`)
    await dialog.getByLabel('First password').fill(password)
    await dialog.getByRole('button', { name: /Roles/ }).click()
    await page.getByRole('option', { name: new RegExp(`^${role}`) }).click()
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('cell', { name: `${role}@example.org` }).waitFor()
  }
  admin.assertQuiet()
})

test('an operator files a risky task, an approver approves its plan, and the operator sees it run', async () => {
  const operator = await open()
  await operator.page.goto('/resources')
  await signIn(operator.page, 'operator@example.org', password)
  assert.equal(await operator.page.getByRole('link', { name: 'Audit' }).count(), 0)
  await planStop(operator.page, 'tag.env:prod', 1)
  await operator.page.getByLabel('Reason').fill('moves to the new account')
  await operator.page.getByRole('button', { name: 'Ask for approval' }).click()
  await status(operator.page, 'Awaiting approval').waitFor()
  assert.equal(await operator.page.getByRole('button', { name: 'Approve', exact: true }).count(), 0)

  const approver = await open({ colorScheme: 'dark' })
  await approver.page.goto('/approvals')
  await signIn(approver.page, 'approver@example.org', password)
  await approver.page.getByText('moves to the new account').waitFor()
  await approver.page.getByText('running').first().waitFor()
  await approver.page.getByRole('button', { name: 'Approve', exact: true }).click()
  await approver.page.getByText('Nothing waits for an approval').waitFor()

  await status(operator.page, 'Succeeded').waitFor()
  operator.assertQuiet()
  approver.assertQuiet()
})

test('a session outlives a reload, keeps its place and its looks, and ends in every tab', async () => {
  const { page, context, assertQuiet } = admin
  await page.goto('/tasks?status=succeeded')
  await page.getByRole('button', { name: 'Appearance' }).first().click()
  await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click()
  await page.reload()
  await page.getByRole('heading', { name: /Tasks/ }).waitFor()
  assert.match(page.url(), /status=succeeded/)
  assert.equal(await page.locator('body.awsui-dark-mode').count(), 1)

  const other = await context.newPage()
  await other.goto('/approvals')
  await other.getByRole('heading', { name: /Approvals/ }).waitFor()
  await page
    .getByRole('button', { name: /Signed in as/ })
    .first()
    .click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByLabel('Password').waitFor()
  await other.getByLabel('Password').waitFor()
  assert.match(other.url(), /approvals/)
  assertQuiet()
})
