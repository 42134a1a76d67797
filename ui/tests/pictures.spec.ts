import { scenarioNames } from '../src/backend/scenarios';
import { test, type Page } from './window';

// Pictures for people to judge, kept out of git: `npm run pictures`.
test.use({ still: false });

/** The whole page, as in a window that is high enough: what stays at the window's edge is not drawn over the rest. */
async function whole(page: Page, path: string): Promise<void> {
  const { width, height } = page.viewportSize()!;
  const needed = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(height, needed) });
  await page.screenshot({ path });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const scenario of scenarioNames) {
    test(`${scenario} ${colorScheme}`, async ({ open, page }) => {
      await page.emulateMedia({ colorScheme });
      await open({ scenario, demonstration: scenario === 'choose_portal' });
      await whole(page, `screenshots/${colorScheme}/${scenario}.png`);
    });
  }
}
for (const [name, size] of Object.entries({
  wide: { width: 1280, height: 800 },
  '4k': { width: 3840, height: 2160 },
  narrow: { width: 320, height: 640 },
})) {
  for (const scenario of ['choose_portal', 'code_email', 'signed_in', 'blocked']) {
    test(`${scenario} ${name}`, async ({ open, page }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scenario === 'code_email' ? 'dark' : 'light' });
      await open({ scenario, lang: name === 'narrow' ? 'de' : 'fr' });
      const path = `screenshots/${name}/${scenario}.png`;
      if (name === 'narrow') await whole(page, path);
      else await page.screenshot({ path });
    });
  }
}
for (const lang of ['en', 'de'] as const) {
  for (const scenario of [
    'password',
    'code_last_try',
    'signed_in',
    'failure_portal_unreachable',
    'blocked',
    'left',
  ]) {
    test(`${scenario} ${lang}`, async ({ open, page }) => {
      await open({ scenario, lang });
      await whole(page, `screenshots/${lang}/${scenario}.png`);
    });
  }
}
test('200 % text', async ({ open, page }) => {
  await open('code_last_try');
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await whole(page, 'screenshots/large/code_last_try.png');
});
for (const panel of ['help', 'about']) {
  test(`panel ${panel}`, async ({ open, page }) => {
    await open('password');
    await page.locator(`footer [data-action="${panel}"]`).click();
    await page.screenshot({ path: `screenshots/light/panel_${panel}.png` });
  });
}
test('forget question', async ({ open, page }) => {
  await open('signed_in');
  await page.locator('[data-subject="d2"]').click();
  await whole(page, 'screenshots/light/forget.png');
});
test('last send', async ({ open, page }) => {
  await open('code_last_send');
  await page.locator('[data-action="resend"]').click();
  await whole(page, 'screenshots/light/last_send_asked.png');
});
test('typed code', async ({ open, page }) => {
  await open('code_email');
  await page.locator('input[name="code"]').fill('493207');
  await page.locator('input[name="remember"]').check();
  await whole(page, 'screenshots/light/code_typed.png');
});
