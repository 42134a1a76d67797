import { answers, code, expect, show, submit, test } from './window';

test('the try that may block the account is asked about first', async ({ open, page }) => {
  await open('code_totp_last_try');
  await code(page).fill('123456');
  await submit(page).click();
  const question = page.locator('[data-ask-last-try]');
  await expect(question).toContainText('Après, seul le support pourra débloquer votre compte.');
  expect(await answers(page)).toEqual([]);
  await expect(page.locator('[data-action="last_try_cancel"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question).toHaveCount(0);
  await expect(code(page)).toBeFocused();
  await submit(page).click();
  await page.locator('[data-action="last_try_confirm"]').click();
  expect(await answers(page)).toEqual([{ kind: 'code', code: '123456', remember: false }]);
});

test('a last try that only blocks the method for a time is not asked about', async ({ open, page }) => {
  await open('code_last_try');
  await code(page).fill('123456');
  await submit(page).click();
  expect(await answers(page)).toHaveLength(1);
});

for (const [scenario, opener] of [
  ['code_totp_last_request', '[data-method="email"]'],
  ['select_method_last_request', '[data-method="email"]'],
  ['code_last_request', '[data-action="resend"]'],
]) {
  test(`the request that may block the account is asked about first: ${scenario}`, async ({ open, page }) => {
    await open(scenario!);
    await page.locator(opener!).click();
    const question = page.locator('[data-last-send][data-blocks="true"]');
    await expect(question).toContainText('seul le support pourra le débloquer');
    await page.locator('[data-action="cancel"]').click();
    await expect(question).toHaveCount(0);
    expect(await answers(page)).toEqual([]);
    await page.locator(opener!).click();
    await page.locator('[data-action="resend_confirm"]').click();
    expect(await answers(page)).toEqual([{ kind: 'send_code', method: 'email' }]);
  });
}

test('a code of the app counts down to the next one, and says when waiting is safer', async ({
  open,
  page,
}) => {
  await open('code_totp');
  const next = page.locator('[data-next-code]');
  await expect(next).toHaveText('Un nouveau code s’affiche dans 18\u00a0s.');
  await expect(page.locator('.bar')).toHaveCount(0);
  await page.clock.runFor(14_000);
  await expect(next).toHaveAttribute('data-next-code', 'soon');
  await page.clock.runFor(5_000);
  await expect(next).toHaveText('Un nouveau code s’affiche dans 29\u00a0s.');
  await expect(page.locator('[data-countdown]')).toHaveText('');
});

test('a recovery code has its own words and its ten digits', async ({ open, page }) => {
  await open('code_recovery_code');
  await code(page).fill('12345 67890');
  await expect(code(page)).toHaveValue('1234567890');
  await submit(page).click();
  expect(await answers(page)).toEqual([{ kind: 'code', code: '1234567890', remember: false }]);
});

test('« Qu’est-ce que le 2FA ? » is answered where the code is asked', async ({ open, page }) => {
  for (const scenario of ['code_totp', 'code_email', 'select_method', 'authenticator_off']) {
    await open(scenario);
    await page.locator('[data-action="help_2fa"]').click();
    const panel = page.getByRole('dialog');
    await expect(panel).toContainText('authentification à deux facteurs');
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);
  }
  await show(page, 'code_email');
});
