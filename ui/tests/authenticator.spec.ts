import { answers, code, expect, reply, submit, test } from './window';

test('the app is set up by scanning or typing, and proved by its code', async ({ open, page }) => {
  await open('authenticator_off');
  await reply(page, 'authenticator_setup', 'authenticator_drift', 'recovery_codes');
  await page.locator('[data-action="set_up_authenticator"]').click();
  await expect(page.locator('h1')).toBeFocused();
  await expect(page.locator('[data-qr]')).toBeVisible();
  await expect(page.locator('[data-secret]')).toContainText('JBSW Y3DP');
  await code(page).fill('12 34 56');
  await submit(page).click();
  await expect(page.locator('[data-problem="clock_drift"]')).toContainText('avance de 2\u00a0minutes');
  await code(page).fill('654321');
  await submit(page).click();
  expect(await answers(page)).toEqual([
    { kind: 'set_up_authenticator' },
    { kind: 'confirm_authenticator', code: '123456' },
    { kind: 'confirm_authenticator', code: '654321' },
  ]);
  await expect(page.locator('[data-recovery-code]')).toHaveCount(10);
});

test('the QR code is black on white with its quiet zone, also in the dark', async ({ open, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open('authenticator_setup');
  const drawn = await page.locator('[data-qr]').evaluate((svg) => ({
    box: svg.getAttribute('viewBox'),
    ground: getComputedStyle(svg.querySelector('rect')!).fill,
    ink: getComputedStyle(svg.querySelector('path')!).fill,
    first: svg.querySelector('path')!.getAttribute('d')!.slice(0, 4),
  }));
  expect(drawn).toEqual({
    box: '0 0 37 37',
    ground: 'rgb(255, 255, 255)',
    ink: 'rgb(0, 0, 0)',
    first: 'M4 4',
  });
});

test('whose clock is wrong is said', async ({ open, page }) => {
  await open('authenticator_clock');
  await expect(page.locator('[data-clock="differs"]')).toContainText('retarde de 3\u00a0minutes');
  await expect(page.locator('[data-clock="differs"]')).toContainText('10\u00a0h\u00a045');
  await open('authenticator_portal_clock');
  await expect(page.locator('[data-clock="portal"]')).toContainText('info@doctipro.example.org');
});

test('new codes, another app and none at all are each asked about first', async ({ open, page }) => {
  await open('authenticator_low');
  await expect(page.locator('[data-codes-low]')).toBeVisible();
  for (const action of ['new_recovery_codes', 'set_up_authenticator', 'remove_authenticator']) {
    await page.locator(`[data-action="${action}"]`).click();
    await page.locator(`[data-action="${action}_confirm"]`).click();
  }
  expect(await answers(page)).toEqual([
    { kind: 'new_recovery_codes' },
    { kind: 'set_up_authenticator' },
    { kind: 'remove_authenticator' },
  ]);
});

test('recovery codes on paper: portal, person, date, codes and nothing else', async ({ open, page }) => {
  await open('recovery_codes');
  await page.emulateMedia({ media: 'print' });
  const printed = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((node) => node.children.length === 0 && node.textContent.trim() !== '')
      .filter((node) => getComputedStyle(node).visibility === 'visible' && node.offsetHeight > 1)
      .map((node) => node.textContent.trim()),
  );
  expect(printed.slice(0, 3)).toEqual([
    'Codes de secours – Doctipro',
    'Dr Camille Aubry',
    'Faits le 23\u00a0novembre à 10\u00a0h\u00a042',
  ]);
  expect(printed).toHaveLength(13);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => (window.print = () => void (document.title = 'printed')));
  await page.locator('[data-action="print"]').click();
  await expect(page).toHaveTitle('printed');
  await page.locator('[data-action="accept_recovery_codes"]').click();
  expect(await answers(page)).toEqual([{ kind: 'accept_recovery_codes' }]);
});
