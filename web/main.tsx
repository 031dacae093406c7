import '@cloudscape-design/global-styles/index.css'
import './app/page.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { api } from './api/api.ts'
import { applyAppearance, followSystem, rememberedAppearance } from './app/appearance.ts'
import { App } from './app/App.tsx'
import { allDismissed } from './app/notices.ts'
import { createStore } from './app/store.ts'
import type { Store } from './app/store.ts'
import { createBrowserSession } from './auth/browser-session.ts'
import { sessionChanged } from './auth/session-state.ts'

const session = createBrowserSession((state) => {
  store.dispatch(sessionChanged(state))
  if (state.status !== 'signed-out') return
  // The next user of this page must not see what the last one did.
  store.dispatch(api.util.resetApiState())
  store.dispatch(allDismissed())
})
const store: Store = createStore(
  { session, fetch: (...request) => fetch(...request) },
  { appearance: rememberedAppearance() },
)

const showAppearance = (): void => applyAppearance(store.getState().appearance)
let shown = store.getState().appearance
showAppearance()
followSystem(showAppearance)
store.subscribe(() => {
  const { appearance } = store.getState()
  if (appearance === shown) return
  shown = appearance
  showAppearance()
})
void session.resume()

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element "root".')
createRoot(root).render(
  <StrictMode>
    <App store={store} session={session} />
  </StrictMode>,
)
