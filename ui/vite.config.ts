import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The policy of the real window (tauri.conf.json); the tests run under it too. */
const policy =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src ipc: http://ipc.localhost; " +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-src 'none'; worker-src 'none'";

// `--mode mock` builds the window on the typed mock, from its own page; the normal build never sees that page.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: './',
  build: {
    target: ['safari16', 'chrome105'],
    outDir: mode === 'mock' ? 'dist-mock' : 'dist',
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { input: mode === 'mock' ? 'mock.html' : 'index.html' },
  },
  server: { port: 5183, strictPort: true },
  preview: { port: 5184, strictPort: true, headers: { 'Content-Security-Policy': policy } },
}));
