import { answers, code, expect, reply, show, submit, test } from './window';

test('a fresh proof is asked over the screen, which keeps what was typed', async ({ open, page }) => {
  await open('change_password');
  await page.locator('[name="current_password"]').fill('ancien');
  await page.locator('[name="new_password"]').fill('Une phrase de 2026');
  await page.locator('[name="new_password_again"]').fill('Une phrase de 2026');
  await page.clock.runFor(200);
  await reply(page, 'step_up_password', 'step_up_rejected', 'change_password');
  await submit(page).click();
  const panel = page.getByRole('dialog');
  await expect(panel).toContainText('Pour protéger votre compte');
  const password = page.locator('[name="step_up_password"]');
  await expect(password).toBeFocused();
  await password.fill('faux');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-problem="step_up_password_rejected"]')).toBeVisible();
  await expect(password).toHaveValue('');
  await password.fill('juste');
  await page.keyboard.press('Enter');
  await expect(panel).toHaveCount(0);
  await expect(page.locator('[name="new_password"]')).toHaveValue('Une phrase de 2026');
  expect((await answers(page)).map(({ kind }) => kind)).toEqual([
    'change_password',
    'step_up_password',
    'step_up_password',
  ]);
});

test('Escape gives it up, once', async ({ open, page }) => {
  await open('step_up_password');
  await reply(page, 'change_password');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await answers(page)).toEqual([{ kind: 'cancel_step_up' }]);
});

test('the focus stays inside', async ({ open, page }) => {
  await open('step_up_password');
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(
      () => document.activeElement === document.body || document.activeElement!.closest('dialog') !== null,
    );
    expect(inside).toBe(true);
  }
});

test('after the password, the way and the code', async ({ open, page }) => {
  await open('step_up_method');
  await reply(page, 'step_up_code');
  await page.locator('[data-method="totp"]').click();
  await expect(code(page)).toBeFocused();
  await expect(page.locator('[name="remember"]')).toHaveCount(0);
  await code(page).fill('123456');
  await page.keyboard.press('Enter');
  expect(await answers(page)).toEqual([
    { kind: 'send_code', method: 'totp' },
    { kind: 'code', code: '123456', remember: false },
  ]);
  await show(page, 'signed_in');
});
