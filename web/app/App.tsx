import { Provider } from 'react-redux'
import { RouterProvider } from 'react-router/dom'
import I18nProvider from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import type { BrowserSession } from '../auth/browser-session.ts'
import { SessionContext } from '../auth/SessionContext.tsx'
import { createRouter } from './routes.tsx'
import { SignedIn } from './SignedIn.tsx'
import type { Store } from './store.ts'

const router = createRouter()

export const App = ({ store, session }: { store: Store; session: BrowserSession }) => (
  <Provider store={store}>
    <SessionContext value={session}>
      <I18nProvider locale="en" messages={[messages]}>
        <SignedIn>
          <RouterProvider router={router} />
        </SignedIn>
      </I18nProvider>
    </SessionContext>
  </Provider>
)
