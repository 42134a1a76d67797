import type { Language } from '../src/backend';
import { languages } from '../src/i18n';
import { answers, code, expect, field, problem, reply, submit, test } from './window';

test('the code for a mobile has three digits and can come by a call instead', async ({ open, page }) => {
  await open('register_sms');
  await expect(page.locator('h1')).toHaveText('Vérifier votre numéro');
  await expect(page.locator('[data-sent]')).toHaveText(
    'Code envoyé à 10\u00a0h\u00a042 par SMS au ••\u00a012.',
  );
  await expect(page.getByLabel('Code à 3\u00a0chiffres')).toBeFocused();
  await expect(page.locator('[name="remember"], [data-action="help_2fa"]')).toHaveCount(0);
  const call = page.locator('[data-action="method"][data-method="voice"]');
  await expect(call).toHaveText('Recevoir un appel à la place');
  await call.click();
  await code(page).fill('042');
  await submit(page).click();
  expect(await answers(page)).toEqual([
    { kind: 'send_code', method: 'voice' },
    { kind: 'code', code: '042', remember: false },
  ]);
});

const calling: Record<Language, string> = {
  fr: 'Nous vous appelons au ••\u00a012. Décrochez\u00a0: une voix dit le code deux fois.',
  en: 'We are calling you on ••\u00a012. Pick up: a voice says the code twice.',
  de: 'Wir rufen Sie unter ••\u00a012 an. Nehmen Sie ab: Eine Stimme nennt den Code zweimal.',
};

test('the code for a landline is said by a voice, and can come by SMS if there is one', async ({
  open,
  page,
}) => {
  for (const lang of languages) {
    await open({ scenario: 'register_voice', lang });
    await expect(page.locator('[data-sent]')).toHaveText(calling[lang]);
  }
  await open('register_voice_again');
  await expect(page.locator('[data-sent]')).toContainText('Nous vous rappelons');
  await expect(page.locator('[data-delivery="sent"]')).toContainText('L’appel est lancé');
  await page.locator('[data-action="resend"]').click();
  const sms = page.locator('[data-action="method"][data-method="sms"]');
  await expect(sms).toHaveText('Recevoir un SMS');
  await sms.click();
  expect(await answers(page)).toEqual([
    { kind: 'send_code', method: 'voice' },
    { kind: 'send_code', method: 'sms' },
  ]);
  await open('register_voice_failed');
  await expect(page.locator('[data-delivery="failed"]')).toContainText('L’appel n’a pas pu partir.');
});

test('a wrong code is compared with what the voice said, and the last try threatens no access', async ({
  open,
  page,
}) => {
  await open('register_voice_rejected');
  await expect(problem(page, 'code_rejected')).toContainText('Comparez-le au code que la voix a dit.');
  await open('register_voice_last_try');
  await expect(problem(page, 'code_rejected')).toContainText('il faudra attendre, ou donner un autre numéro');
  await expect(page.locator('main')).not.toContainText('bloqué');
});

test('a number with too many wrong codes takes no more tries, and Enter goes on to change it', async ({
  open,
  page,
}) => {
  await open('register_sms');
  await reply(page, 'register_blocked');
  await code(page).fill('123');
  await submit(page).click();
  await expect(problem(page, 'method_blocked')).toContainText('Trop de codes erronés pour ce numéro.');
  await expect(problem(page, 'method_blocked')).toContainText(
    'Réessayez demain à 10\u00a0h\u00a042, ou modifiez le numéro.',
  );
  await expect(page.locator('[data-action="method"], [data-action="resend"]')).toHaveCount(0);
  await expect(code(page)).toHaveCount(0);
  await expect(page.locator('.button.primary')).toHaveText('Modifier le numéro');
  await expect(page.locator('.button.primary')).toBeFocused();
  await page.keyboard.press('Enter');
  expect((await answers(page)).at(-1)).toEqual({ kind: 'edit_registration' });
  await open('register_email_blocked');
  await expect(problem(page, 'method_blocked')).toContainText('Trop de codes erronés pour cette adresse.');
  await expect(page.locator('.button.primary')).toHaveText('Modifier l’adresse');
});

test('the way out of a code says that it gives up, and leads to the sign-in', async ({ open, page }) => {
  await open('register_email');
  await expect(page.locator('[data-action="restart"]')).toHaveText('Abandonner');
  await page.locator('[data-action="restart"]').click();
  expect(await answers(page)).toEqual([{ kind: 'restart' }]);
});

test('the wait of a new code is said, and nothing is sent before', async ({ open, page }) => {
  await open('register_sms');
  const resend = page.locator('[data-action="resend"]');
  await expect(page.locator('#resend-said')).toHaveText('Nouvel envoi possible dans 30\u00a0secondes.');
  await resend.dispatchEvent('click');
  expect(await answers(page)).toEqual([]);
  await page.clock.runFor(31_000);
  await resend.click();
  expect(await answers(page)).toEqual([{ kind: 'send_code', method: 'sms' }]);
});

test('going back to correct a contact begins at it, and keeps the rest but the password', async ({
  open,
  page,
}) => {
  for (const [scenario, label, contact] of [
    ['register_sms', 'Modifier le numéro', 'phone'],
    ['register_email', 'Modifier l’adresse', 'email'],
  ] as const) {
    await open(scenario);
    await reply(page, 'register_edited');
    const edit = page.locator('[data-action="edit_registration"]');
    await expect(edit).toHaveText(label);
    await edit.click();
    await expect(field(page, contact)).toBeFocused();
    await expect(field(page, 'phone')).toHaveValue('06 12 34 56 78');
    await expect(field(page, 'email_again')).toHaveValue('camille@exemple.fr');
    await expect(field(page, 'password')).toHaveValue('');
    await expect(field(page, 'terms')).toBeChecked();
  }
  expect(await answers(page)).toEqual([{ kind: 'edit_registration' }, { kind: 'edit_registration' }]);
});

test('the code for the address starts afresh, and only the message tells of an account', async ({
  open,
  page,
}) => {
  await open('register_sms');
  await code(page).fill('042');
  await reply(page, 'register_email');
  await submit(page).click();
  await expect(page.locator('h1')).toHaveText('Vérifier votre adresse');
  await expect(code(page)).toHaveValue('');
  await expect(code(page)).toBeFocused();
  await expect(page.locator('[data-already]')).toHaveText(
    'Si vous avez déjà un compte avec cette adresse, le message le dit.',
  );
  await open('register_sms');
  await expect(page.locator('[data-already]')).toHaveCount(0);
});

test('what is accepted last is read, then accepted, or left after a question', async ({ open, page }) => {
  await open('register_consent');
  await expect(page.locator('h1')).toBeFocused();
  await expect(page.locator('h1')).toHaveText('Doctolib protège vos informations');
  await expect(page.locator('[data-consent-text="privacy"] p')).toHaveCount(3);
  await expect(page.locator('[data-action="accept_consent"]')).toHaveText('J’accepte');
  await page.locator('[data-action="accept_consent"]').click();
  await page.locator('[data-action="decline"]').click();
  expect(await answers(page)).toEqual([{ kind: 'accept_consent', id: 'privacy' }]);
  // « Annuler » could be taken for giving up.
  await expect(page.locator('[data-action="cancel"]')).toHaveText('Continuer l’inscription');
  await page.locator('[data-action="decline_confirm"]').click();
  expect((await answers(page)).at(-1)).toEqual({ kind: 'restart' });
});

test('an open account leads back to the appointment, or to signing in', async ({ open, page }) => {
  await open('registered_booking');
  await expect(page.locator('h1')).toHaveText('Votre compte est créé');
  await expect(page.locator('[data-appointment]')).toContainText('Dre Lou Mercier');
  const back = page.locator('[data-action="return_to_page"]');
  await expect(back).toHaveText('Revenir à mon rendez-vous');
  await expect(back).toHaveAccessibleDescription('S’ouvre dans votre navigateur.');
  await expect(page.locator('.button.primary')).toHaveCount(1);
  await back.click();
  await page.locator('[data-action="sign_in_now"]').click();
  expect(await answers(page)).toEqual([{ kind: 'return_to_page' }, { kind: 'sign_in_now' }]);
  await open('registered_page');
  await expect(back).toHaveText('Revenir à la page d’où je viens');
  await open('registered');
  await expect(back).toHaveCount(0);
  await expect(page.locator('.button.primary')).toHaveText('Se connecter');
});

const mailed: Record<Language, string> = {
  fr: 'Un e-mail d’activation vient de partir à m•••@e•••.org. Ouvrez-le et cliquez sur «\u00a0Activer\u00a0».',
  en: 'An activation e-mail has just left for m•••@e•••.org. Open it and click “Activate”.',
  de: 'Eine Aktivierungs-E-Mail ist soeben an m•••@e•••.org gegangen. Öffnen Sie sie und klicken Sie auf „Aktivieren“.',
};

test('a mailed activation says where it went, how to sign in, and what to do if it does not come', async ({
  open,
  page,
}) => {
  for (const lang of languages) {
    await open({ scenario: 'registered_mailed', lang });
    await expect(page.locator('[data-mailed]')).toHaveText(mailed[lang]);
  }
  await open('registered_mailed');
  await expect(page.locator('h1')).toHaveText('Votre demande a bien été reçue');
  await expect(page.locator('[data-identifier]')).toHaveText('012345');
  await expect(page.locator('[data-already]')).toHaveText('Si un compte existe déjà, le message le dit.');
  await expect(page.locator('main')).toContainText('aide@dentistes.example.org');
  const again = page.locator('[data-action="resend_activation"]');
  await expect(again).toHaveAccessibleDescription('Nouvel envoi possible dans 30\u00a0secondes.');
  await again.dispatchEvent('click');
  await page.clock.runFor(31_000);
  await reply(page, 'registered_resent');
  await again.click();
  await expect(page.locator('[data-notice="activation_resent"]')).toBeVisible();
  await again.dispatchEvent('click');
  await page.locator('[data-action="sign_in_now"]').click();
  expect(await answers(page)).toEqual([{ kind: 'resend_activation' }, { kind: 'sign_in_now' }]);
});

test('a right password without activation says what is left to do', async ({ open, page }) => {
  await open('activation_due');
  await expect(page.locator('main')).toContainText('Votre mot de passe est juste.');
  await expect(page.locator('main')).toContainText('vient de repartir à m•••@e•••.org');
  await expect(page.locator('main')).not.toContainText('Si un compte existe');
  await page.locator('[data-action="activated"]').click();
  expect(await answers(page)).toEqual([{ kind: 'restart' }]);
});
