// Imported first by every entry script: what follows needs at least this Node to begin with. It then brings its own.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(
    `AWS Orchestrator needs Node 20.9 or newer to begin with (this is ${process.versions.node}); it then installs and uses a Node of its own.\n` +
      'Install a newer Node, for example from https://nodejs.org, and try again.',
  )
  process.exit(1)
}
