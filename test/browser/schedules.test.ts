import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Client } from '../support/client.ts'
import { signIn as signInToApi } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import { startProcess, temporaryDirectory } from '../support/installation.ts'
import { waitFor } from '../support/wait-for.ts'
import { launchChromium, openBrowser, signIn } from './chromium.ts'
import type { Person } from './chromium.ts'

// Schedules, dead letters and subscriptions as people see them. The stories build on each other.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let browser: Browser
let admin: Person
let api: Client
const password = 'correct horse battery staple 7'
/** Instances that nothing owns or protects. */
const free = 'type:ec2.instance state:running -tag.aws:autoscaling:groupName:* -tag.orchestrator:protected:*'

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
  admin = await openBrowser(browser, server.url)
  await admin.page.goto('/schedules')
  await signIn(admin.page, 'admin@localhost', password)
})
after(async () => {
  await browser?.close()
  await server?.stop()
  await directory?.remove()
})

const shows = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

test('a schedule is written with its times in sight, approved for all its runs, and run', async () => {
  const { page } = admin
  const { items } = await waitFor('the inventory', async () => {
    const found = await api.resources(free, 3)
    return found.items.length === 3 && found
  })
  await page.goto('/schedules')
  await page.getByRole('link', { name: 'Create a schedule' }).first().click()
  await page.getByLabel('Name').fill('Tag in the evening')
  await page.getByRole('button', { name: /^Operation/ }).click()
  await page.getByRole('option', { name: /ec2\.tag/ }).click()
  await page.getByLabel('Targets').fill(items.map(({ id }) => id).join('\n'))
  await page.getByLabel('Key 1').fill('seen-by')
  await page.getByLabel('Value 1').fill('schedule')
  await page.getByLabel('Cron expression').fill('0 19 * * MON')
  await shows(page, 'At 19:00, only on Monday')
  await page
    .getByRole('status', { name: 'Next runs' })
    .getByText(/^Mon,? .* 19:00/)
    .first()
    .waitFor()
  assert.equal(await page.getByRole('status', { name: 'Next runs' }).getByText(/19:00/).count(), 5)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'Tag in the evening' }).waitFor()

  await page.getByRole('button', { name: 'Ask for one' }).click()
  await page.getByLabel('Most targets of a run').fill('5')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByLabel('Type ec2.tag 5 to approve').fill('ec2.tag 5')
  await page.getByRole('button', { name: 'Approve all such runs' }).click()
  await shows(page, /admin@localhost approved \(their own\)/)

  await page.getByRole('button', { name: 'Run now' }).click()
  await page.getByRole('row', { name: /Filed/ }).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await shows(page, 'Paused')
  admin.assertQuiet()
})

test('what has a mistake in it says which', async () => {
  const { page } = admin
  await page.goto('/schedules')
  await page.getByRole('link', { name: 'Tag in the evening' }).click()
  await page.getByRole('link', { name: 'Change', exact: true }).click()
  assert.equal(await page.getByLabel('Key 1').inputValue(), 'seen-by')
  await page.getByLabel('Cron expression').fill('0 19 * *')
  await shows(page, 'Not complete yet.')
  await page.getByLabel('Cron expression').fill('30 6 * * *')
  await shows(page, 'At 06:30')
  await page.getByRole('button', { name: 'Save' }).click()
  await shows(page, 'Void: the schedule was changed')
  admin.assertQuiet()
})

test('a lost answer becomes a dead letter, which is looked at and dismissed', async () => {
  const { page } = admin
  const [instance] = (await api.resources(free, 1)).items
  assert.ok(instance)
  await api.ok('POST', '/sandbox/faults', { kind: 'timeout-after-effect', action: 'RebootInstances' })
  await api.file({ operation: 'ec2.reboot', targets: { ids: [instance.id] }, params: {} })
  await waitFor('the dead letter', async () => (await api.ok('GET', '/dead-letters')).items.length > 0)
  await api.ok('DELETE', '/sandbox/faults')
  await page.goto('/dead-letters')
  await shows(page, 'Nobody knows whether it took effect')
  await page.getByRole('table', { name: 'Dead letters' }).getByRole('link').first().click()
  await page.getByRole('button', { name: 'Put it back' }).click()
  await page.getByLabel('Reason').fill('it is up')
  assert.ok(await page.getByRole('button', { name: 'File a new task' }).isDisabled(), 'not without having looked')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByLabel('Reason').fill('it is up')
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss', exact: true }).click()
  await shows(page, 'Dismissed')
  admin.assertQuiet()
})

test('a webhook is subscribed to tasks, and what was sent to it can be seen', async () => {
  const { page } = admin
  await page.goto('/alerts?tab=channels')
  await page.getByRole('button', { name: 'Add a webhook' }).first().click()
  await page.getByLabel('Name').fill('chatops')
  await page.getByLabel('Address').fill('http://127.0.0.1:9/hook')
  await page.getByRole('button', { name: /^Tasks/ }).click()
  await page.getByRole('option', { name: 'Created' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await shows(page, /whsec_/)
  const [schedule] = (await api.ok('GET', '/schedules')).items
  const { id } = await api.file({
    operation: 'ec2.untag',
    targets: schedule.targets,
    params: { keys: ['seen-by'] },
  })
  await page.getByRole('link', { name: 'chatops' }).click()
  await waitFor('the delivery', async () => {
    await page.getByRole('button', { name: 'Refresh' }).click()
    return page.getByRole('link', { name: id.slice(0, 8) }).isVisible()
  })
  await shows(page, 'Pending')
  admin.assertQuiet()
})

test('the pages hold on a small screen, dark as well', async () => {
  for (const options of [{ width: 390 }, { width: 390, colorScheme: 'dark' as const }]) {
    const person = await openBrowser(browser, server.url, options)
    await person.page.goto('/schedules')
    await signIn(person.page, 'admin@localhost', password)
    const [schedule] = (await api.ok('GET', '/schedules')).items
    for (const path of ['/schedules', '/schedules/new', `/schedules/${schedule.id}`, '/dead-letters?status=all']) {
      await person.page.goto(path)
      await person.page.locator('h1').first().waitFor()
      const overflow = Number(await person.page.evaluate('document.documentElement.scrollWidth - innerWidth'))
      assert.ok(overflow <= 0, `${path} is ${overflow} px too wide`)
    }
    person.assertQuiet()
    await person.context.close()
  }
})
