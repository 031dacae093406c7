// Runs before the first paint, so that a remembered dark theme never flashes white. The content security policy
// forbids inline scripts, hence a file of its own. The same key is read by web/app/appearance.ts.
try {
  const { theme } = JSON.parse(localStorage.getItem('orchestrator.appearance') || '{}')
  if (theme === 'dark' || theme === 'light') document.documentElement.style.colorScheme = theme
} catch {
  // A blocked or damaged storage means the system's theme.
}
