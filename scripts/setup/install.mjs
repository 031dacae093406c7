import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { SetupError } from './fail.mjs'
import { countForThisPlatform } from './installed.mjs'

/**
 * `npm ci` in a folder, with progress. No install scripts are run: none is needed, and each is somebody else's code.
 * @param {string} folder
 */
export const install = async (folder) => {
  const total = countForThisPlatform(folder)
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  console.error(`Installing ${total} packages from the lock (a minute or so the first time) ...`)
  let fetched = 0
  let trouble = ''
  // What npm does after the last one takes as long as the fetching, and says nothing.
  const doing = () => (fetched < total ? `${fetched} of ${total} fetched` : 'all fetched, unpacking')
  const progress = setInterval(() => console.error(`  ${doing()}, ${seconds()} s${trouble}`), 3000)
  try {
    const { code, output } = await npmCi(folder, (line) => {
      const failure = /failed with (\w+)/.exec(line)?.[1]
      trouble = failure === undefined ? '' : ` (${failure}; npm tries again)`
      if (failure === undefined) fetched++
    })
    if (code !== 0) throw new SetupError(explain(code, output))
  } finally {
    clearInterval(progress)
  }
  console.error(`Installed in ${seconds()} s.`)
}

const npmCi = (folder, onRequest) =>
  new Promise((resolve, reject) => {
    const args = [
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=http',
      '--no-progress',
      '--no-color',
    ]
    // Inside `npm run` the npm that runs us is the one to use; else the one on PATH.
    const npm = process.env.npm_execpath
    const child = npm?.endsWith('.js')
      ? spawn(process.execPath, [npm, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
      : spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    const output = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (/^npm http (fetch|cache)/.test(line)) onRequest(line)
      else if (!/^npm warn/i.test(line)) output.push(line)
    })
    child.on('error', (error) =>
      reject(new SetupError(`npm could not be started: ${error.message}. Install npm (it comes with Node).`)),
    )
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })

/**
 * What npm's failure means and what to do about it.
 * @param {number | string} code
 * @param {string[]} output
 */
export const explain = (code, output) => {
  const text = output.join('\n')
  const said = output
    .filter((line) => !/debug-\d+\.log|A complete log|^npm error\s*$|^npm error\s+at /.test(line))
    .slice(0, 6)
    .join('\n')
  const cause = [
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/,
      'npm could not reach the registry. Check the network and proxy settings (npm config get registry, HTTPS_PROXY) and try again.',
    ],
    [
      /CERT|SELF_SIGNED|self.signed/,
      "npm does not trust the registry's certificate. Name your organisation's CA: npm config set cafile FILE.",
    ],
    [/ENOSPC/, 'The disk is full: the installation needs about 1 GB.'],
    [/EACCES|EPERM|EROFS/, 'This user may not write here. Own the folder, or run as its owner.'],
    [/E404|ETARGET|EINTEGRITY/, 'The registry does not have exactly what the lock names.'],
  ].find(([pattern]) => pattern.test(text))?.[1]
  return `${cause ?? `The installation failed (npm ci: ${code}).`}\n${said}`
}
