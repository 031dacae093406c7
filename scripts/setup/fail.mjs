/** Something the user can do something about: shown as it is, without a stack. */
export class SetupError extends Error {}

/**
 * Runs an entry script: problems of the set-up become a message and exit code 1, anything else keeps its stack.
 * @param {() => Promise<void>} work
 */
export const run = async (work) => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}
