import { answers, code, expect, reply, show, submit, test } from './window';

test('my space opens the portal first, and shows it again once it is open', async ({ open, page }) => {
  await open('signed_in');
  await expect(page.locator('[data-action="open_pages"]')).toHaveText('Ouvrir le portail');
  await page.locator('[data-action="open_pages"]').click();
  expect(await answers(page)).toEqual([{ kind: 'open_pages' }]);
  await show(page, 'signed_in_pages_open');
  await expect(page.locator('[data-action="open_pages"]')).toHaveText('Afficher le portail');
});

test('each row leads to its place, and the authenticator row is absent where the portal has none', async ({
  open,
  page,
}) => {
  await open('signed_in');
  const places = ['contacts', 'change_password', 'authenticator', 'sessions', 'history'] as const;
  for (const place of places) await page.locator(`[data-action="show"][data-place="${place}"]`).click();
  expect(await answers(page)).toEqual(places.map((place) => ({ kind: 'show', place })));
  await show(page, 'signed_in_without_authenticator');
  await expect(page.locator('[data-place="authenticator"]')).toHaveCount(0);
});

test('the rules are ticked off while typing, in words for those who do not see them', async ({
  open,
  page,
}) => {
  await open('change_password');
  const field = page.locator('[name="new_password"]');
  await field.fill('court');
  await page.clock.runFor(200);
  await expect(page.locator('[data-rule="lower"]')).toHaveAttribute('data-met', 'true');
  await expect(page.locator('[data-rule="too_short"]')).toContainText('manque encore');
  await field.fill('Une phrase de 2026');
  await page.clock.runFor(200);
  await expect(page.locator('[data-met="false"]')).toHaveCount(0);
  await expect(page.locator('[data-rules-spoken]')).toHaveText('');
  await page.clock.runFor(1300);
  await expect(page.locator('[data-rules-spoken]')).toHaveText(/Toutes les règles sont remplies\./);
});

test('a fast typist is judged once, on the last password', async ({ open, page }) => {
  await open('change_password');
  await page.locator('[name="new_password"]').pressSequentially('Abc1');
  await page.clock.runFor(200);
  expect(await page.evaluate(() => window.parvis.judged)).toEqual(['Abc1']);
});

test('everything wrong is said at once, beside its field, and nothing is sent', async ({ open, page }) => {
  await open('change_password');
  await page.locator('[name="new_password"]').fill('court');
  await page.clock.runFor(200);
  await submit(page).click();
  for (const problem of ['summary', 'missing_current', 'unmet', 'mismatch'])
    await expect(page.locator(`[data-problem="${problem}"]`)).toBeVisible();
  await expect(page.locator('[name="current_password"]')).toBeFocused();
  await expect(page.locator('[name="current_password"]')).toHaveAccessibleDescription(/Il manque/);
  expect(await answers(page)).toEqual([]);
});

test('the new password goes out with the box as it was left, and what the portal says stands beside it', async ({
  open,
  page,
}) => {
  await open('change_password');
  await expect(page.locator('[name="sign_out_others"]')).not.toBeChecked();
  await page.locator('[name="current_password"]').fill('ancien');
  await page.locator('[name="new_password"]').fill('Une phrase de 2026');
  await page.locator('[name="new_password_again"]').fill('Une phrase de 2026');
  await page.locator('[name="sign_out_others"]').check();
  await page.clock.runFor(200);
  await reply(page, 'change_password_rejected');
  await submit(page).click();
  expect(await answers(page)).toEqual([
    { kind: 'change_password', current: 'ancien', new: 'Une phrase de 2026', signOutOthers: true },
  ]);
  await expect(page.locator('[data-problem="current_password_rejected"]')).toBeVisible();
  await expect(page.locator('[data-problem="new_password"]')).toContainText('trop court, trop courant');
  await expect(page.locator('[name="current_password"]')).toBeFocused();
  await expect(page.locator('[name="new_password"]')).toHaveValue('Une phrase de 2026');
});

test('one contact is changed at a time, and a code goes to the new one', async ({ open, page }) => {
  await open('contacts');
  await page.locator('[data-action="change_contact"][data-field="email"]').click();
  const field = page.locator('[name="new_email"]');
  await expect(field).toBeFocused();
  await submit(page).click();
  await expect(page.locator('[data-problem="missing_email"]')).toBeVisible();
  await field.fill('camille');
  await reply(page, 'contacts_malformed');
  await submit(page).click();
  await expect(page.locator('[data-problem="email_malformed"]')).toBeVisible();
  await expect(field).toHaveValue('camille');
  await field.fill('camille@cabinet.org');
  await reply(page, 'contacts_proof', 'contacts_proof_rejected', 'contacts_done');
  await submit(page).click();
  await expect(code(page)).toBeFocused();
  await code(page).fill('111111');
  await submit(page).click();
  await expect(page.locator('[data-problem="code_rejected"]')).toBeVisible();
  await code(page).fill('222222');
  await submit(page).click();
  await expect(page.locator('[data-notice="email_proved"]')).toBeVisible();
  expect(await answers(page)).toEqual([
    { kind: 'change_contact', field: 'email', value: 'camille' },
    { kind: 'change_contact', field: 'email', value: 'camille@cabinet.org' },
    { kind: 'prove_contact', code: '111111' },
    { kind: 'prove_contact', code: '222222' },
  ]);
});

test('the phone is removed after a question', async ({ open, page }) => {
  await open('contacts');
  await page.locator('[data-action="remove_phone"]').click();
  await page.locator('[data-action="cancel"]').click();
  expect(await answers(page)).toEqual([]);
  await page.locator('[data-action="remove_phone"]').click();
  await page.locator('[data-action="remove_phone_confirm"]').click();
  expect(await answers(page)).toEqual([{ kind: 'change_contact', field: 'phone', value: '' }]);
});

test('sessions are closed one by one or all others at once, each after a question', async ({
  open,
  page,
}) => {
  await open('sessions');
  await expect(page.locator('[data-current="true"] [data-action="end_session"]')).toHaveCount(0);
  await page.locator('[data-action="end_session"][data-subject="s2"]').click();
  await page.locator('[data-action="end_session_confirm"]').click();
  await page.locator('[data-action="sign_out_others"]').click();
  await page.locator('[data-action="sign_out_others_confirm"]').click();
  expect(await answers(page)).toEqual([{ kind: 'end_session', id: 's2' }, { kind: 'sign_out_others' }]);
});

test('history speaks in words, day by day, and leaves out what it has no words for', async ({
  open,
  page,
}) => {
  await open('history');
  await expect(page.locator('main h2')).toHaveText(['Aujourd’hui', 'Hier', '18\u00a0novembre']);
  await expect(page.locator('[data-event]')).toHaveCount(4);
  await expect(page.locator('main')).not.toContainText('something_new');
});
