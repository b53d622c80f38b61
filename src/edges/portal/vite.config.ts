import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server replaces this text by a fresh nonce in every copy of index.html that it sends. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__'

/** `vite build --config src/edges/portal/vite.config.ts` makes dist/portal; `vite --config …`
 *  serves it with a proxy to a running Tenantry. */
export default defineConfig(({ command }) => {
  // What is built is for users, whoever builds it: under a test runner NODE_ENV would choose
  // React's development build.
  if (command === 'build') process.env['NODE_ENV'] = 'production'
  return {
    root: fileURLToPath(new URL('.', import.meta.url)),
    base: '/',
    html: { cspNonce: NONCE_PLACEHOLDER },
    plugins: [react()],
    build: {
      outDir: fileURLToPath(new URL('../../../dist/portal', import.meta.url)),
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      /** Kilobytes before compression; what counts is the first page's compressed size, which the
       *  browser test measures. */
      chunkSizeWarningLimit: 700,
    },
    server: {
      port: 7401,
      strictPort: true,
      proxy: { '/api': 'http://127.0.0.1:7400', '/sign-in': 'http://127.0.0.1:7400' },
    },
  }
})
