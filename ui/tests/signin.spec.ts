import { catalogues } from '../src/i18n';
import { answers, code, expect, paste, reply, show, submit, test } from './window';

test('SIGN1 identifier and password say what they are', async ({ open }) => {
  const page = await open('password');
  await expect(page.locator('[name="identifier"]')).toHaveAttribute('autocomplete', 'username');
  await expect(page.locator('[name="password"]')).toHaveAttribute('autocomplete', 'current-password');
});

test('SIGN2 PWD-06 identifier and password can be pasted', async ({ open }) => {
  const page = await open('password');
  await paste(page, '[name="identifier"]', 'medecin-a');
  await paste(page, '[name="password"]', 'Parvis Demo 2026!');
  await page.locator('[name="password"]').press('Enter');
  expect(await answers(page)).toEqual([
    { kind: 'password', identifier: 'medecin-a', password: 'Parvis Demo 2026!' },
  ]);
});

test('SIGN3 the password can be shown, by a button with a name and a state', async ({ open }) => {
  const page = await open('password');
  const show = page.locator('[data-action="show_password"]');
  await expect(show).toHaveAccessibleName('Afficher le mot de passe');
  await expect(show).toHaveAttribute('aria-pressed', 'false');
  await show.click();
  await expect(show).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('[name="password"]')).toHaveAttribute('type', 'text');
});

test('SIGN4 SIGN5 labels are visible, linked, and say that the field is required', async ({ open, page }) => {
  for (const [scenario, names] of [
    ['password', ['identifier', 'password']],
    ['code_email', ['code']],
  ] as const) {
    await open(scenario);
    for (const name of names) {
      const field = page.locator(`[name="${name}"]`);
      const label = page.locator(`label[for="${await field.getAttribute('id')}"]`);
      await expect(label).toBeVisible();
      await expect(label).toContainText('(obligatoire)');
      await expect(field).toHaveAccessibleName(/obligatoire/);
      await expect(field).toHaveAttribute('required');
    }
  }
});

test('SIGN6 a refusal never says which of the two was wrong', async ({ open }) => {
  const page = await open('password_rejected');
  await expect(page.locator('[data-problem="credentials_rejected"]')).toContainText(
    'Identifiant ou mot de passe incorrect',
  );
  await expect(page.locator('[name="identifier"]')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('[name="password"]')).toHaveAttribute('aria-invalid', 'true');
});

test('SIGN7 a refused password is not kept, the identifier is', async ({ open }) => {
  const page = await open('password');
  await reply(page, 'password_rejected');
  await page.locator('[name="identifier"]').fill('medecin-a');
  await page.locator('[name="password"]').fill('wrong');
  await submit(page).click();
  await expect(page.locator('[data-problem="credentials_rejected"]')).toBeVisible();
  await expect(page.locator('[name="password"]')).toHaveValue('');
  await expect(page.locator('[name="password"]')).toBeFocused();
  await expect(page.locator('[name="identifier"]')).toHaveValue('medecin-a');
});

test('SIGN7 nothing typed reaches the web storage', async ({ open }) => {
  const page = await open('password');
  await page.locator('[name="identifier"]').fill('medecin-a');
  await page.locator('[name="password"]').fill('secret-here');
  await submit(page).click();
  expect(
    await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])),
  ).toBe('[{},{},""]');
});

test('an incomplete pair is refused here', async ({ open }) => {
  const page = await open('password');
  await submit(page).click();
  await expect(page.locator('[data-problem="missing_identifier"]')).toBeVisible();
  await page.locator('[name="identifier"]').fill('medecin-a');
  await submit(page).click();
  await expect(page.locator('[name="password"]')).toBeFocused();
  expect(await answers(page)).toEqual([]);
});

test('SIGN8 the forgotten password is in the same place, and leads to a person', async ({ open, page }) => {
  for (const scenario of ['password', 'password_rejected', 'wrong_role', 'notice_signed_out']) {
    await open(scenario);
    const order = await page
      .locator('form [name="password"], form [data-action]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-action') ?? one.getAttribute('name')));
    expect(order).toEqual(['password', 'show_password', 'forgotten_password', 'submit']);
  }
  await reply(page, 'forgotten_password');
  await page.locator('[data-action="forgotten_password"]').click();
  await expect(page.locator('main')).toHaveAttribute('data-screen', 'forgotten_password');
  await expect(page.getByText('support@portail.example.org')).toBeVisible();
});

test('SIGN10 the trust box is unticked and says portal, workstation, end and what cancels it', async ({
  open,
}) => {
  const page = await open('code_email');
  const box = page.locator('[name="remember"]');
  await expect(box).not.toBeChecked();
  await expect(box).toHaveAccessibleName(
    'Ne plus me demander de code sur ce poste (Accueil 2) jusqu’à demain 10\u00a0h\u00a042',
  );
  await expect(box).toHaveAccessibleDescription(
    /Portail de santé.*S’annule si un autre professionnel se connecte ici/,
  );
});

test('SIGN10 the end of trust is said in words in each language', async ({ open, page }) => {
  for (const [lang, end] of [
    ['fr', 'jusqu’à demain 10\u00a0h\u00a042'],
    ['en', 'until tomorrow 10:42'],
    ['de', 'bis morgen, 10:42\u00a0Uhr'],
  ] as const) {
    await open({ scenario: 'code_email', lang });
    await expect(page.locator('[name="remember"]')).toHaveAccessibleName(new RegExp(end));
  }
});

test('SIGN10 counts take the plural of their language', () => {
  expect(catalogues.fr.code.tries(0)).toBe('0\u00a0essai');
  expect(catalogues.fr.code.tries(1)).toBe('1\u00a0essai');
  expect(catalogues.fr.code.tries(2)).toBe('2\u00a0essais');
  expect(catalogues.en.code.tries(0)).toBe('0\u00a0tries left');
  expect(catalogues.de.code.tries(1)).toBe('1\u00a0Versuch');
});

test('SIGN11 SIGN12 inactivity is announced, answered by keyboard, and Escape stays', async ({ open }) => {
  const page = await open('signed_in');
  await page.locator('[data-subject="d2"]').focus();
  await show(page, 'inactivity');
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toBeVisible();
  await expect(dialog).toHaveAccessibleDescription(/votre session se fermera dans 1\u00a0min/);
  await expect(dialog.locator('[data-action="stay"]')).toBeFocused();
  await page.clock.runFor(15_000);
  await expect(dialog).toContainText('45\u00a0s');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  expect(await answers(page)).toEqual([{ kind: 'stay_signed_in' }, { kind: 'stay_signed_in' }]);
  await dialog.locator('[data-action="sign_out"]').click();
  expect((await answers(page)).at(-1)).toEqual({ kind: 'sign_out' });
  await show(page, 'signed_in');
  await expect(dialog).toHaveCount(0);
  await expect(page.locator('[data-subject="d2"]')).toBeFocused();
});

test('SIGN18 the language switch keeps what was typed and sets the language of the page', async ({
  open,
}) => {
  const page = await open('password');
  await page.locator('[name="identifier"]').fill('medecin-a');
  await page.locator('[name="password"]').fill('half-typ');
  await page.locator('[data-lang="de"]').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page).toHaveTitle('Anmelden – Parvis');
  await expect(page.locator('[name="identifier"]')).toHaveValue('medecin-a');
  await expect(page.locator('[name="password"]')).toHaveValue('half-typ');
  expect(await page.evaluate(() => window.parvis.preferences)).toEqual([{ language: 'de', zoom: 100 }]);
});

test('zoom keys store the next step', async ({ open }) => {
  const page = await open('choose_portal');
  await page.keyboard.press('Control+=');
  await page.keyboard.press('Control+-');
  await page.keyboard.press('Control+-');
  await page.keyboard.press('Control+0');
  expect((await page.evaluate(() => window.parvis.preferences)).map(({ zoom }) => zoom)).toEqual([
    110, 100, 90, 100,
  ]);
});

test('a portal is chosen in one action', async ({ open }) => {
  const page = await open({ scenario: 'choose_portal', demonstration: true });
  await expect(page.locator('[data-demonstration]')).toContainText('Démonstration');
  await reply(page, 'password');
  await page.locator('[data-portal="portail-de-sante"]').click();
  expect(await answers(page)).toEqual([{ kind: 'choose_portal', portal: 'portail-de-sante' }]);
  await expect(page.locator('[name="identifier"]')).toBeFocused();
});

test('SIGN15 from the list to « Mon espace » and out without a mouse', async ({ open }) => {
  const page = await open('choose_portal');
  await reply(page, 'password', 'select_method', 'code_email', 'signed_in', 'left');
  const reach = async (selector: string) => {
    for (let step = 0; step < 30; step += 1) {
      if (await page.locator(selector).evaluate((node) => node === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} cannot be reached`);
  };
  await reach('[data-portal="portail-de-sante"]');
  await page.keyboard.press('Enter');
  await expect(page.locator('[name="identifier"]')).toBeFocused();
  await page.keyboard.type('medecin-a');
  // What is done every day takes one key; showing the password comes after it.
  await page.keyboard.press('Tab');
  await expect(page.locator('[name="password"]')).toBeFocused();
  await page.keyboard.type('Parvis-Demo-2026!');
  await page.keyboard.press('Enter');
  await expect(page.locator('main[data-screen="select_method"] h1')).toBeFocused();
  await reach('[data-method="email"]');
  await page.keyboard.press('Enter');
  await expect(code(page)).toBeFocused();
  await page.keyboard.type('493207');
  await reach('[name="remember"]');
  await page.keyboard.press('Space');
  await reach('[data-action="submit"]');
  await page.keyboard.press('Enter');
  await expect(page.locator('main[data-screen="signed_in"] h1')).toBeFocused();
  await reach('[data-action="leave"]');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toHaveAttribute('data-screen', 'left');
  expect((await answers(page)).map(({ kind }) => kind)).toEqual([
    'choose_portal',
    'password',
    'send_code',
    'code',
    'leave',
  ]);
});

test('« Mon espace » forgets this workstation and another one after a question', async ({ open }) => {
  const page = await open('signed_in');
  await page.locator('[data-action="forget_device"][data-subject="d1"]').click();
  await expect(page.locator('[data-action="forget_device_confirm"]')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-action="forget_device"][data-subject="d1"]')).toBeFocused();
  await page.locator('[data-action="forget_device"][data-subject="d2"]').click();
  await page.locator('[data-action="forget_device_confirm"]').click();
  expect(await answers(page)).toEqual([{ kind: 'forget_device', id: 'd2' }]);
});

test('sign out and leave each say what they do', async ({ open }) => {
  const page = await open('signed_in');
  await expect(page.locator('[data-action="sign_out"]')).toHaveAccessibleDescription(
    /Aucun code ne vous sera demandé ici jusqu’à demain/,
  );
  await expect(page.locator('[data-action="leave"]')).toHaveAccessibleDescription(
    /annule l’enregistrement et efface tout/,
  );
});

test('a workstation that was left shows what was verified, and what was not', async ({ open, page }) => {
  await open('left');
  await expect(page.locator('[data-clean="true"]')).toContainText('Rien ne reste sur ce poste.');
  await expect(page.locator('[data-verified="true"]')).toHaveCount(4);
  await open('left_pending');
  await expect(page.locator('[data-clean="false"]')).toBeVisible();
  await expect(page.locator('[data-wiped="device_key"][data-verified="false"]')).toBeVisible();
  await expect(page.locator('[data-portal-confirmed="false"]')).toBeVisible();
});

test('the receipt says what ended for the previous person', async ({ open }) => {
  const page = await open('handover_receipt');
  await expect(page.locator('main')).toContainText('un code lui sera redemandé');
  await page.locator('[data-action="accept_receipt"]').click();
  expect(await answers(page)).toEqual([{ kind: 'accept_receipt' }]);
});

test('a blocked person has a message to send, without a name in it', async ({ open, page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await open('blocked');
  await page.locator('[data-action="copy"]').click();
  await expect(page.locator('[data-action="copy"]')).toContainText('Copié');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('PX-4F7-29C');
  expect(copied).toBe(await page.locator('[data-message]').textContent());
  await expect(page.locator('main')).toContainText('Portail de santé, Doctolib, Portail des dentistes');
});

test('help and about open, close and give the focus back', async ({ open }) => {
  const page = await open('signed_in');
  for (const panel of ['help', 'about']) {
    const opener = page.locator(`footer [data-action="${panel}"]`);
    await opener.click();
    await expect(page.getByRole('dialog')).toBeVisible();
    if (panel === 'help') await page.keyboard.press('Escape');
    else await page.locator('[data-action="close"]').click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(opener).toBeFocused();
  }
  await page.locator('footer [data-action="about"]').click();
  await expect(page.getByRole('dialog')).toContainText('PV-7K2M');
  await page.locator('[data-action="open_log_folder"]').click();
  expect(await page.evaluate(() => window.parvis.openedLogs)).toBe(1);
});
