import react from '@vitejs/plugin-react'
import mantine from 'postcss-preset-mantine'
import { defineConfig, loadEnv } from 'vite'

export default defineConfig(({ mode }) => {
  const { KEYROSTER_PORT = '8080' } = loadEnv(mode, '.', 'KEYROSTER_')
  const panel = `http://127.0.0.1:${KEYROSTER_PORT}`
  return {
    plugins: [react()],
    css: { postcss: { plugins: [mantine()] } },
    server: { host: '127.0.0.1', proxy: { '/api': panel, '/healthz': panel } },
    // The panel puts the nonce of each answer here; it knows the place by this name (server/src/http/static-web.ts).
    html: { cspNonce: 'NONCE_OF_THIS_ANSWER' },
    // The panel's Content-Security-Policy allows neither inline scripts nor data: fonts, so nothing is inlined.
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1100,
    },
  }
})
