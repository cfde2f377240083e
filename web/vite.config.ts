import { fileURLToPath, URL } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const backend = `http://127.0.0.1:${process.env.TASKLY_PORT ?? '8000'}`

export default defineConfig({
  plugins: [vue()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      // Without its message compiler; src/shared/message-format.ts stands in.
      'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs',
    },
  },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  },
  server: {
    proxy: {
      '/api': { target: backend, ws: true },
      '/health': { target: backend },
    },
  },
  build: {
    target: 'es2022',
    // A data: URL would be blocked by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 300,
    rolldownOptions: {
      output: {
        // What many pages need stands in a few files that seldom change, not in sixty small ones.
        advancedChunks: {
          groups: [
            {
              name: 'vue',
              test: /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify|pinia|@pinia|openapi-fetch)\//,
            },
            { name: 'icons', test: /@lucide\/vue\/.*icons\//, minShareCount: 3 },
            { name: 'base', test: /src\/shared\/(api|format|keys)\/|@lucide\/vue\/.*(Icon|utils|context)/ },
          ],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
})
