import { defineConfig } from 'vite';

// The server's Content-Security-Policy allows files of its own origin and nothing inline, so nothing may be inlined here.
export default defineConfig({
  build: {
    outDir: '../wwwroot',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    sourcemap: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:5080' } },
});
