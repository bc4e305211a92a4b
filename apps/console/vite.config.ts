import { defineConfig } from 'vite'

/** React's libraries mark what must not run on a server; nothing of this does. */
const IS_FOR_BROWSERS = 'MODULE_LEVEL_DIRECTIVE'

export default defineConfig({
  root: import.meta.dirname,
  build: {
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      onwarn: (warning, warn) => {
        if (warning.code !== IS_FOR_BROWSERS) warn(warning)
      },
    },
  },
  // `npx vite apps/console` beside a running platform: the page changes as it is edited.
  server: { proxy: { '/graphql': process.env.TIDEWATER_URL ?? 'http://localhost:4000' } },
})
