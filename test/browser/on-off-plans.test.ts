import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Client } from '../support/client.ts'
import { signIn as signInToApi } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import { startProcess, temporaryDirectory } from '../support/installation.ts'
import { waitFor } from '../support/wait-for.ts'
import { launchChromium, openBrowser, signIn } from './chromium.ts'

// On/off plans as people see them. The stories build on each other.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let browser: Browser
let api: Client
const password = 'correct horse battery staple 7'

before(async () => {
  directory = await temporaryDirectory()
  server = await startProcess({
    ORCHESTRATOR_DATA_DIR: directory.path,
    ORCHESTRATOR_ADMIN_PASSWORD: password,
    ORCHESTRATOR_SANDBOX_SPEED: '1000',
    ORCHESTRATOR_SANDBOX_SIZE: '500',
  })
  api = await signInToApi(server.url, 'admin@localhost', password)
  browser = await launchChromium()
})
after(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.remove()
})

const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

test('a plan is written with its week and its savings in sight, paused, changed, and its halves are not', async () => {
  const query = 'type:ec2.instance tag.env:dev'
  await waitFor('the inventory', async () => (await api.resources(query, 1)).items.length === 1)
  const admin = await openBrowser(browser, server.url)
  const { page } = admin
  await page.goto('/on-off-plans')
  await signIn(page, 'admin@localhost', password)
  await page.getByRole('link', { name: 'Create an on/off plan' }).first().click()
  await page.getByLabel('Name').fill('Dev at night')
  await page.getByLabel('Targets').fill(query)
  const week = page.getByRole('status', { name: 'The next 7 days' })
  await week.getByText(/Fri.* 19:00.*: off/).waitFor()
  assert.equal(await week.getByText(/: off$/).count(), 5)
  assert.equal(await week.getByText(/: on$/).count(), 5)
  await page.getByRole('button', { name: 'Estimate' }).click()
  await page
    .getByRole('status', { name: 'Saves a month' })
    .getByText(/^\$[\d,]+\.\d\d$/)
    .waitFor()
  await page
    .getByRole('status', { name: 'Saves a month' })
    .getByText(/running instances?, 469\.3 h/)
    .waitFor()
  await page.getByRole('button', { name: 'Create', exact: true }).click()

  await page.getByRole('row', { name: /Dev at night/ }).waitFor()
  await shows(page, 'Mon–Fri, off 19:00, on 07:00')
  await page.getByRole('button', { name: 'Actions for Dev at night' }).click()
  await page.getByRole('menuitem', { name: 'Pause' }).click()
  await page.getByRole('row', { name: /Paused/ }).waitFor()
  await page.getByRole('button', { name: 'Actions for Dev at night' }).click()
  await page.getByRole('menuitem', { name: 'Change' }).click()
  await page.getByLabel('Off at').fill('20:30')
  await page.getByRole('button', { name: 'Save' }).click()
  await shows(page, 'Mon–Fri, off 20:30, on 07:00')

  await page.getByRole('link', { name: 'Schedule that stops' }).click()
  await page.getByRole('heading', { name: 'Dev at night: off' }).waitFor()
  await page.getByRole('link', { name: 'Change its on/off plan' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0)
  admin.assertQuiet()
  await admin.context.close()
})

test('the pages hold on large and small screens, light and dark', async () => {
  const [plan] = (await api.ok('GET', '/on-off-plans')).items
  for (const width of [1440, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const person = await openBrowser(browser, server.url, { width, colorScheme })
      await person.page.goto('/on-off-plans')
      await signIn(person.page, 'admin@localhost', password)
      for (const path of ['/on-off-plans', '/on-off-plans/new', `/on-off-plans/${plan.id}/edit`]) {
        await person.page.goto(path)
        await person.page.locator('h1').first().waitFor()
        const overflow = Number(await person.page.evaluate('document.documentElement.scrollWidth - innerWidth'))
        assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at ${width}, ${colorScheme}`)
      }
      person.assertQuiet()
      await person.context.close()
    }
  }
})
