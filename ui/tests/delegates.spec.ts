import type { Language } from '../src/backend';
import { languages } from '../src/i18n';
import { answers, expect, reply, show, submit, test } from './window';

test('« Mes délégués » is there only for whoever may invite some', async ({ open, page }) => {
  await open('signed_in');
  await expect(page.locator('[data-place="delegates"]')).toHaveCount(0);
  await show(page, 'signed_in_delegates');
  const row = page.locator('[data-place="delegates"]');
  await expect(row).toContainText('Mes délégués');
  await row.click();
  expect(await answers(page)).toEqual([{ kind: 'show', place: 'delegates' }]);
});

test('the list says who waits and who is active, since when', async ({ open, page }) => {
  await open('delegates');
  await expect(page.locator('[data-delegate="g2"]')).toContainText(
    /Camille Roy.*camille@cabinet\.example\.org.*Invitation envoyée à 10\u00a0h\u00a032/s,
  );
  await expect(page.locator('[data-delegate="g1"]')).toContainText(
    /Noé Tremblay.*Compte actif depuis le 15\u00a0octobre à 11/s,
  );
  await expect(page.locator('[data-delegate="g1"] [data-action="invite_again"]')).toHaveCount(0);
  await open('delegates_loading');
  await expect(page.locator('main [role="status"]').first()).toHaveText('Lecture…');
});

const room: Record<Language, [string, string, RegExp]> = {
  fr: ['8\u00a0personnes', '1\u00a0personne.', /Vous ne pouvez plus inviter personne/],
  en: ['8\u00a0more people', '1\u00a0more person.', /You cannot invite anybody else/],
  de: ['8\u00a0Personen', '1\u00a0Person ', /Sie können niemanden mehr einladen/],
};

test('the room that is left is said in words', async ({ open, page }) => {
  for (const lang of languages) {
    const [many, one, none] = room[lang];
    await open({ scenario: 'delegates', lang });
    await expect(page.locator('[data-room="8"]')).toContainText(many);
    await open({ scenario: 'delegates_one_left', lang });
    await expect(page.locator('[data-room="1"]')).toContainText(one);
    await open({ scenario: 'delegates_full', lang });
    await expect(page.locator('[data-room="0"]')).toHaveText(none);
    await expect(page.locator('[data-action="invite"]')).toHaveCount(0);
  }
});

test('nobody yet: one thing to do', async ({ open, page }) => {
  await open('delegates_none');
  await expect(page.locator('[data-none]')).toBeVisible();
  await expect(page.locator('.button.primary')).toHaveText('Inviter une personne');
});

test('an invitation is checked here first, and what is wrong stands beside its field', async ({
  open,
  page,
}) => {
  await open('delegates');
  await page.locator('[data-action="invite"]').click();
  const name = page.locator('[name="delegate_name"]');
  const email = page.locator('[name="delegate_email"]');
  await expect(name).toBeFocused();
  await submit(page).click();
  await expect(page.locator('[data-problem="summary"] [role="alert"]')).toHaveText(
    '2\u00a0points sont à corriger.',
  );
  await expect(name).toHaveAccessibleDescription('Ce champ est obligatoire.');
  await name.fill('Camille Roy');
  await email.fill('camille');
  await submit(page).click();
  await expect(email).toBeFocused();
  await expect(email).toHaveAccessibleDescription(/Ce n’est pas une adresse complète/);
  expect(await answers(page)).toEqual([]);
  await email.fill('camille@cabinet.example.org');
  await reply(page, 'delegates_refused', 'delegates_invited');
  await submit(page).click();
  await expect(email).toHaveAccessibleDescription(/Cette adresse sert déjà ici/);
  await expect(email).toHaveValue('camille@cabinet.example.org');
  await submit(page).click();
  await expect(page.locator('[data-notice="delegate_invited"]')).toContainText(
    'L’invitation est partie à camille@cabinet.example.org.',
  );
  await expect(name).toHaveCount(0);
  await expect(page.locator('h1')).toBeFocused();
  const invitation = { kind: 'invite_delegate', name: 'Camille Roy', email: 'camille@cabinet.example.org' };
  expect(await answers(page)).toEqual([invitation, invitation]);
});

test('giving up the invitation gives the focus back', async ({ open, page }) => {
  await open('delegates');
  await page.locator('[data-action="invite"]').click();
  await page.locator('[data-action="cancel"]').click();
  await expect(page.locator('[data-action="invite"]')).toBeFocused();
});

test('an invitation that waits is sent again as it was; a refusal of that is said above', async ({
  open,
  page,
}) => {
  await open('delegates');
  const again = page.getByRole('button', { name: 'Renvoyer l’invitation à Camille Roy' });
  await reply(page, 'delegates_refused');
  await again.click();
  expect(await answers(page)).toEqual([
    { kind: 'invite_delegate', name: 'Camille Roy', email: 'camille@cabinet.example.org' },
  ]);
  await expect(page.locator('.note[data-problem="in_use"] [role="alert"]')).toBeVisible();
});

test('a delegate is removed after a question that says what it does', async ({ open, page }) => {
  await open('delegates');
  await page.locator('[data-action="remove_delegate"][data-subject="g1"]').click();
  await expect(page.getByRole('group', { name: 'Retirer Noé Tremblay' })).toContainText(
    'Noé Tremblay ne pourra plus entrer. Ses sessions ouvertes se ferment.',
  );
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-action="remove_delegate"][data-subject="g1"]')).toBeFocused();
  await page.locator('[data-action="remove_delegate"][data-subject="g2"]').click();
  await expect(page.getByRole('group', { name: 'Retirer Camille Roy' })).toContainText(
    'Le lien de l’invitation ne vaudra plus rien.',
  );
  await reply(page, 'delegates_removed');
  await page.locator('[data-action="remove_delegate_confirm"]').click();
  // Of sessions that never were, no more is said than of those that were.
  await expect(page.locator('[data-notice="delegate_removed"]')).toHaveText(
    /Camille Roy n’a plus accès\.\s*Toute session encore ouverte est fermée\./,
  );
  await expect(page.locator('[data-room="9"]')).toBeVisible();
  await expect(page.locator('h1')).toBeFocused();
  expect(await answers(page)).toEqual([{ kind: 'remove_delegate', id: 'g2' }]);
});

test('the removal of an invitation promises nothing about sessions that never were', async ({
  open,
  page,
}) => {
  await open('delegates');
  await page.locator('[data-action="remove_delegate"][data-subject="g2"]').click();
  await expect(page.getByRole('group', { name: 'Retirer Camille Roy' })).not.toContainText('sessions');
});

test('the same view again closes no form and takes no focus', async ({ open, page }) => {
  await open('delegates_invited');
  await page.locator('[data-action="invite"]').click();
  await page.locator('[name="delegate_name"]').fill('Lou');
  await show(page, 'delegates_invited');
  await expect(page.locator('[name="delegate_name"]')).toHaveValue('Lou');
  await expect(page.locator('[name="delegate_name"]')).toBeFocused();
  await open('contacts_done');
  await page.locator('[data-action="change_contact"][data-field="email"]').click();
  await show(page, 'contacts_done');
  await expect(page.locator('[name="new_email"]')).toBeFocused();
});
