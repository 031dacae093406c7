import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const switches = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium that the test command found or installed. */
export const launchChromium = (): Promise<Browser> => {
  const executablePath = process.env['ORCHESTRATOR_TEST_CHROMIUM']
  if (executablePath === undefined)
    throw new Error('ORCHESTRATOR_TEST_CHROMIUM is not set: run the tests with `npm test`.')
  return chromium.launch({ executablePath, args: switches, timeout: 120_000 })
}

/** Somebody at a browser of their own, whose console is listened to. */
export type Person = {
  page: Page
  context: BrowserContext
  /** Fails when the browser complained: errors of scripts, failed requests, and what the content security policy refused. */
  assertQuiet: () => void
}

export const openBrowser = async (
  browser: Browser,
  url: string,
  options: { colorScheme?: 'light' | 'dark'; width?: number; ignore?: RegExp } = {},
): Promise<Person> => {
  const { colorScheme = 'light', width = 1440, ignore } = options
  const context = await browser.newContext({ baseURL: url, colorScheme, viewport: { width, height: 900 } })
  context.setDefaultTimeout(120_000)
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' && ignore?.test(message.text()) !== true) complaints.push(message.text())
  })
  context.on('weberror', (failure) => void complaints.push(String(failure.error())))
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('Against the content security policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  )
  const page = await context.newPage()
  return { page, context, assertQuiet: () => assert.deepEqual(complaints, []) }
}

export const signIn = async (page: Page, email: string, password: string): Promise<void> => {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Breadcrumbs' }).waitFor()
}
