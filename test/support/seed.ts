import fc from 'fast-check'

/**
 * Which random cases the properties are tried on, and what the chaos run does: the same in every run, so that a change is
 * never refused for what was wrong before it. Other cases are tried by giving another number.
 */
export const seed = Number(process.env['ORCHESTRATOR_TEST_SEED'] ?? 20261127)

fc.configureGlobal({ seed })
