import { start } from '#main.ts'

// `orchestrator start` with a lease of as many seconds as the argument says: what a worker loses when it is killed or
// stopped is then taken over sooner than a user would want it.
const { stop } = await start(process.env, { leaseSeconds: Number(process.argv[2]) })
process.once('SIGTERM', () => void stop().then(() => process.exit(0)))
