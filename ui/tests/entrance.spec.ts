import { answers, expect, reply, show, submit, test } from './window';

test('an entrance is chosen by one press', async ({ open, page }) => {
  await open('choose_entrance');
  await page.locator('[data-role="secretary"]').click();
  expect(await answers(page)).toEqual([{ kind: 'choose_entrance', role: 'secretary' }]);
});

test('the password screen says by which entrance, and how to change it', async ({ open, page }) => {
  await open('password_entrance');
  await expect(page.locator('[data-entrance="secretary"]')).toHaveText('Entrée\u00a0: Secrétaire');
  await page.locator('[data-action="change_entrance"]').click();
  expect(await answers(page)).toEqual([{ kind: 'change_entrance' }]);
});

test('whoever typed at the wrong entrance does not type the identifier again at the right one', async ({
  open,
  page,
}) => {
  const identifier = page.locator('[name="identifier"]');
  await open('password_entrance');
  await identifier.fill('dr.aubry');
  await page.locator('[name="password"]').fill('juste');
  await reply(page, 'choose_entrance', 'password_entrance');
  await page.locator('[data-action="change_entrance"]').click();
  await page.locator('[data-role="secretary"]').click();
  await expect(identifier).toHaveValue('dr.aubry');
  await expect(page.locator('[name="password"]')).toHaveValue('');
  await expect(page.locator('[name="password"]')).toBeFocused();
});

test('an identifier that was typed and left behind is not there for the next person', async ({
  open,
  page,
}) => {
  const identifier = page.locator('[name="identifier"]');
  await open('password_entrance');
  await identifier.fill('dr.aubry');
  await reply(page, 'choose_entrance');
  await page.locator('[data-action="change_entrance"]').click();
  await show(page, 'choose_portal');
  await show(page, 'password_entrance');
  await expect(identifier).toHaveValue('');
});

test('at the wrong entrance, Enter goes on by the right one and nothing is typed again', async ({
  open,
  page,
}) => {
  await open('password_entrance');
  await reply(page, 'wrong_role');
  await page.locator('[name="identifier"]').fill('accueil');
  await page.locator('[name="password"]').fill('juste');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-problem="wrong_role"]')).toBeVisible();
  const onward = page.locator('[data-action="choose_entrance"]');
  await expect(onward).toHaveText('Continuer comme secrétaire');
  await expect(onward).toBeFocused();
  await page.keyboard.press('Enter');
  expect((await answers(page)).at(-1)).toEqual({ kind: 'choose_entrance', role: 'secretary' });
  await expect(page.locator('[name="identifier"]')).toHaveValue('accueil');
});

test('a reset link is asked for with what was typed before, and the answer is the same for everybody', async ({
  open,
  page,
}) => {
  await open('forgotten_password');
  await expect(page.locator('[name="identifier"]')).toHaveValue('medecin-a');
  await expect(submit(page)).toHaveText('Réinitialiser le mot de passe');
  await reply(page, 'recovery_sent');
  await submit(page).click();
  expect(await answers(page)).toEqual([{ kind: 'request_recovery', identifier: 'medecin-a' }]);
  await expect(page.getByText('Si un compte correspond à medecin-a')).toBeVisible();
  await expect(page.getByText('valable 24\u00a0heures')).toBeVisible();
  await page.locator('[data-action="request_recovery"]').click();
  await page.locator('[data-action="restart"]').click();
  expect((await answers(page)).slice(1)).toEqual([
    { kind: 'request_recovery', identifier: 'medecin-a' },
    { kind: 'restart' },
  ]);
});

test('without an identifier no link is asked for', async ({ open, page }) => {
  await open('forgotten_password_empty');
  await submit(page).click();
  await expect(page.locator('[data-problem="missing_identifier"]')).toBeVisible();
  await expect(page.locator('[name="identifier"]')).toBeFocused();
  expect(await answers(page)).toEqual([]);
});

test('a blocked account says why', async ({ open, page }) => {
  await open('blocked');
  await expect(page.locator('[data-cause="wrong_codes"]')).toContainText('codes erronés');
  await open('blocked_requests');
  await expect(page.locator('[data-cause="requests"]')).toContainText('codes demandés');
});
