import { defineConfig } from '@playwright/test';

const port = Number(process.env.PARVIS_UI_PORT ?? 5184);

export default defineConfig({
  testDir: 'tests',
  testIgnore: process.env.PARVIS_PICTURES ? [] : ['**/pictures.spec.ts'],
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 20_000,
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 440, height: 720 },
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    launchOptions: {
      executablePath: process.env.PARVIS_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
      ],
    },
  },
  // The built window under the real policy, on the typed mock.
  webServer: {
    command: `npx vite build --mode mock --logLevel warn && npx vite preview --mode mock --port ${port}`,
    url: `http://localhost:${port}/mock.html`,
    reuseExistingServer: false,
  },
});
