import { existsSync, globSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { installDebianPackage } from './debian.ts'
import { CannotPrepare } from './left-out.ts'
import type { Processes } from './processes.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The path of a Chromium: one that is here, or as root on Debian the one of the distribution, installed now. */
export const prepareChromium = async (processes: Processes): Promise<string> => {
  const found = findChromium()
  if (found !== undefined) return found
  await installDebianPackage('chromium', processes)
  const installed = findChromium()
  if (installed === undefined)
    throw new CannotPrepare('no Chromium was found, and none could be installed (apt-get install chromium)')
  return installed
}

const findChromium = (): string | undefined =>
  [
    ...(process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...globSync(join(homedir(), '.cache/ms-playwright/chromium-*/chrome-linux*/chrome')),
  ].find((path) => existsSync(path))
