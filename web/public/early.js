// What must be settled before the app's modules run. A file of its own, since the content security policy forbids
// inline scripts.

// A remembered dark theme must not flash white. The same key is read by web/app/appearance.ts.
try {
  const { theme } = JSON.parse(localStorage.getItem('orchestrator.appearance') || '{}')
  if (theme === 'dark' || theme === 'light') document.documentElement.style.colorScheme = theme
} catch {
  // A blocked or damaged storage means the system's theme.
}

// Zod tries whether it may generate code when its first schema is made; the policy forbids that and would report it.
globalThis.__zod_globalConfig = { jitless: true }
