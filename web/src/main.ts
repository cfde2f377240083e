import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { createAppRouter } from './router'
import { useSession } from './shared/api'
import { i18n, preferredLocale, setLocale } from './shared/i18n'
import { startShortcuts } from './shared/keys/shortcuts'
import { startTheme } from './shared/theme'
import './shared/tokens.css'
import './shared/base.css'

startTheme()
startShortcuts()
const pinia = createPinia()
const app = createApp(App).use(pinia).use(PiniaColada, {}).use(i18n)
const session = useSession(pinia)

// A server that is away is no reason for a blank page: the pages say so and try again.
await Promise.all([setLocale(preferredLocale()), session.start().catch(() => undefined)])
app.use(createAppRouter(session))
app.mount('#app')
