import type { FormRefusal, Language } from '../src/backend';
import { catalogues, languages } from '../src/i18n';
import { answers, code, expect, paste, reply, show, submit, test, type Page } from './window';

const field = (page: Page, name: string) => page.locator(`[name="${name}"]`);
const problem = (page: Page, kind: string) => page.locator(`[data-problem="${kind}"]`);

/** The patient's form, filled in as it should be. */
async function fillIn(page: Page): Promise<void> {
  await field(page, 'phone').fill('06 12 34 56 78');
  await field(page, 'email').fill('camille@exemple.fr');
  await field(page, 'email_again').fill('camille@exemple.fr');
  await field(page, 'password').fill('Une phrase de 2026');
  await field(page, 'terms').check();
  await page.clock.runFor(200);
}

const create: Record<Language, string> = {
  fr: 'Nouveau ici\u202f?Créer un compte',
  en: 'New here?Create an account',
  de: 'Neu hier?Konto anlegen',
};

test('« Créer un compte » stands in the same place wherever a portal opens accounts, and nowhere else', async ({
  open,
  page,
}) => {
  for (const lang of languages) {
    for (const scenario of ['password_new', 'password_new_entrance', 'choose_entrance_new']) {
      await open({ scenario, lang });
      const last = page.locator('main > *:not(.visually-hidden)').last();
      expect((await last.innerText()).replace(/\n+/g, '')).toBe(create[lang]);
      await expect(page.locator('[data-action="register"]')).toBeInViewport();
    }
  }
  await page.locator('[data-action="register"]').click();
  expect((await answers(page)).at(-1)).toEqual({ kind: 'register' });
  await open('password');
  await expect(page.locator('[data-action="register"]')).toHaveCount(0);
});

test('the form asks for what the portal asks, in its order, and each field says what it takes', async ({
  open,
  page,
}) => {
  const taken = () =>
    page
      .locator('main input')
      .evaluateAll((all) =>
        (all as HTMLInputElement[]).map(
          ({ name, type, autocomplete, maxLength, required }) =>
            `${name} ${type} ${autocomplete} ${maxLength} ${required}`,
        ),
      );
  await open('register');
  await expect(page.locator('h1')).toHaveText('Créer un compte');
  await expect(field(page, 'phone')).toBeFocused();
  expect(await taken()).toEqual([
    'phone tel tel -1 true',
    'email email email -1 true',
    'email_again email email -1 true',
    'password password new-password -1 true',
    'terms checkbox  -1 true',
  ]);
  await expect(submit(page)).toHaveText('S’inscrire');
  await open('register_dentist');
  await expect(page.locator('h1')).toBeFocused();
  expect(await taken()).toEqual([
    'declaration checkbox  -1 true',
    'email email email -1 true',
    // Text: leading zeros count.
    'permit_number text username -1 true',
    'password password new-password -1 true',
    'password_again password new-password -1 true',
  ]);
  await expect(submit(page)).toHaveText('Créer mon compte');
  await expect(page.getByLabel('Je suis un dentiste')).not.toBeChecked();
  await open('register_reminder');
  await expect(page.locator('[data-appointment]')).toContainText(
    /Dre Lou Mercier.*lundi 30\u00a0novembre à 9/s,
  );
  await expect(field(page, 'name_letters')).toHaveAccessibleDescription(/Vous venez d’un rappel/);
  await expect(page.locator('main input').first()).toHaveAttribute('name', 'name_letters');
});

for (const lang of languages) {
  test(`everything wrong is said at once, beside its field, and nothing is sent, ${lang}`, async ({
    open,
    page,
  }) => {
    const words = catalogues[lang].register.refusal;
    await open({ scenario: 'register_reminder', lang });
    await submit(page).click();
    await expect(problem(page, 'summary').getByRole('alert')).toHaveText(
      catalogues[lang].account.password.summary(6),
    );
    for (const name of ['name_letters', 'phone', 'email', 'email_again', 'password']) {
      await expect(field(page, name)).toHaveAttribute('aria-invalid', 'true');
      await expect(field(page, name)).toHaveAccessibleDescription(
        new RegExp(words.missing.replace('.', '\\.')),
      );
    }
    await expect(field(page, 'terms')).toHaveAccessibleDescription(words.untick);
    await expect(field(page, 'name_letters')).toBeFocused();

    await field(page, 'name_letters').fill('Aub');
    await field(page, 'phone').fill('06 12 34 56 78');
    await field(page, 'email').fill('camille');
    await field(page, 'email_again').fill('camille@exemple.fr');
    await field(page, 'password').fill('court');
    await page.clock.runFor(200);
    await submit(page).click();
    await expect(field(page, 'phone')).toHaveAttribute('aria-invalid', 'false');
    await expect(field(page, 'email')).toHaveAccessibleDescription(words.malformed.email);
    await expect(field(page, 'email_again')).toHaveAccessibleDescription(words.different.email);
    await expect(field(page, 'password')).toHaveAccessibleDescription(new RegExp(words.unmet));
    await expect(field(page, 'email')).toBeFocused();
    expect(await answers(page)).toEqual([]);
  });
}

test('a dentist who does not declare it, or mistypes the password, is told before anything is sent', async ({
  open,
  page,
}) => {
  await open('register_dentist');
  await field(page, 'email').fill('camille@cabinet.org');
  await field(page, 'permit_number').fill('012345');
  await field(page, 'password').fill('Une phrase de 2026');
  await field(page, 'password_again').fill('Une phrase de 2025');
  await page.clock.runFor(200);
  await submit(page).click();
  await expect(field(page, 'declaration')).toBeFocused();
  await expect(field(page, 'declaration')).toHaveAccessibleDescription('Cochez cette case pour continuer.');
  await expect(field(page, 'password_again')).toHaveAccessibleDescription(
    'Les mots de passe doivent être identiques.',
  );
  expect(await answers(page)).toEqual([]);
  await field(page, 'declaration').check();
  await expect(problem(page, 'missing')).toHaveCount(0);
  await field(page, 'password_again').fill('Une phrase de 2026');
  await submit(page).click();
  expect(await answers(page)).toEqual([
    {
      kind: 'submit_registration',
      fields: {
        email: 'camille@cabinet.org',
        permit_number: '012345',
        password: 'Une phrase de 2026',
        password_again: 'Une phrase de 2026',
      },
      declared: true,
      accepted: [],
    },
  ]);
});

test('the rules of the new password are ticked off while typing, and it can be shown', async ({
  open,
  page,
}) => {
  await open('register_dentist');
  await field(page, 'password').fill('court');
  await page.clock.runFor(200);
  await expect(page.locator('[data-rule="too_short"]')).toHaveAttribute('data-met', 'false');
  await page.locator('[data-action="show_password"]').first().click();
  await expect(field(page, 'password')).toHaveAttribute('type', 'text');
  await expect(field(page, 'password_again')).toHaveAttribute('type', 'text');
});

test('everything can be pasted, the second address too', async ({ open, page }) => {
  await open('register_reminder');
  for (const name of ['name_letters', 'phone', 'email', 'email_again', 'password']) {
    await paste(page, `[name="${name}"]`, 'camille@exemple.fr');
    await expect(field(page, name)).toHaveValue('camille@exemple.fr');
  }
});

test('what is accepted can be read in place, by keyboard', async ({ open, page }) => {
  await open('register');
  await field(page, 'terms').focus();
  await expect(page.locator('[data-consent-text="terms"]')).toBeHidden();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-consent-text="terms"] p')).toHaveCount(3);
  await expect(page.locator('[data-consent-text="terms"]')).toBeVisible();
  await expect(field(page, 'terms')).not.toBeChecked();
});

test('what the portal refuses stands beside its field, and what was typed stays', async ({ open, page }) => {
  await open('register');
  await fillIn(page);
  await reply(page, 'register_refused');
  await submit(page).click();
  expect(await answers(page)).toEqual([
    {
      kind: 'submit_registration',
      fields: {
        phone: '06 12 34 56 78',
        email: 'camille@exemple.fr',
        email_again: 'camille@exemple.fr',
        password: 'Une phrase de 2026',
      },
      declared: false,
      accepted: ['terms'],
    },
  ]);
  await expect(field(page, 'phone')).toBeFocused();
  await expect(field(page, 'phone')).toHaveAccessibleDescription(
    /Écrivez «\u00a0\+\u00a0» à la place de «\u00a000\u00a0»/,
  );
  await expect(field(page, 'password')).toHaveAccessibleDescription(/trop court, trop courant/);
  await expect(field(page, 'terms')).toHaveAccessibleDescription('Cochez cette case pour continuer.');
  await expect(field(page, 'password')).toHaveValue('Une phrase de 2026');
  await expect(field(page, 'terms')).toBeChecked();
  await field(page, 'phone').fill('+41 79 123 45 67');
  await expect(problem(page, 'international_prefix')).toHaveCount(0);
  await expect(problem(page, 'summary')).toHaveText('4\u00a0points sont à corriger.');
});

const sentences: [string, FormRefusal['kind'], RegExp][] = [
  ['register_unsuitable', 'unsuitable', /^Aucun code ne peut être envoyé à ce numéro/],
  ['register_phone_malformed', 'malformed', /^Ce numéro n’est pas complet/],
  [
    'register_in_use',
    'in_use',
    /^Un compte existe déjà avec ce numéro\. Si c’est le vôtre, connectez-vous ou choisissez «\u00a0Mot de passe oublié\u00a0»\. Sinon, demandez au support\u00a0: contact@doctolib\.example\.org ou \+33/,
  ],
  ['register_later', 'later', /^Trop d’essais pour le moment\. Réessayez à 11\u00a0h\u00a032\u202f; ce que/],
  ['register_other', 'other', /^Le portail n’a pas accepté cette saisie\. Vérifiez-la/],
  [
    'register_record_differs',
    'record_differs',
    /^Ces coordonnées ne sont pas celles que le cabinet a notées pour vous\. Appelez le cabinet/,
  ],
  ['register_record_differs', 'rejected', /premières lettres du nom que le cabinet a noté/],
  [
    'register_not_a_member',
    'not_a_member',
    /^Nous ne trouvons pas de membre avec cette adresse et ce numéro de permis\..*aide@dentistes\.example\.org/,
  ],
  ['register_declaration', 'malformed', /^Ce n’est pas un numéro de permis/],
];

test('each refusal says what to do now', async ({ open, page }) => {
  for (const [scenario, kind, words] of sentences) {
    await open(scenario);
    await expect(page.locator(`.wrong[data-problem="${kind}"] span`).first()).toHaveText(words);
  }
});

test('each refusal is said in each language, and an unknown one above the form', async ({ open, page }) => {
  for (const lang of ['en', 'de'] as const) {
    for (const [scenario, kind] of sentences) {
      await open({ scenario, lang });
      const said = page.locator(`.wrong[data-problem="${kind}"]`).first();
      await expect(said).not.toHaveText(/undefined|null|=>/);
      await expect(said).toHaveText(/\w{4}/);
    }
  }
  await open('register_other');
  await expect(page.locator('.note[data-problem="other"]')).toBeVisible();
});

test('a link that is over loses nothing', async ({ open, page }) => {
  await open('register_link_expired');
  await expect(problem(page, 'link_expired').getByRole('alert')).toHaveText(
    'Ce lien n’est plus valable. Vous pouvez vous inscrire ici\u202f; rien n’est perdu.',
  );
  await expect(problem(page, 'summary')).toHaveCount(0);
});

test('whoever has an account goes back to signing in', async ({ open, page }) => {
  await open('register');
  await page.locator('[data-action="restart"]').click();
  expect(await answers(page)).toEqual([{ kind: 'restart' }]);
});

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

test('SIGN15 from the sign-in to the new account by keyboard alone', async ({ open, page }) => {
  await open('password_new');
  await reply(page, 'register', 'register_sms', 'register_email', 'register_consent', 'registered');
  const to = async (selector: string) => {
    for (let step = 0; step < 20; step += 1) {
      if (await page.evaluate((target) => document.activeElement?.matches(target), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`not reached: ${selector}`);
  };
  await to('[data-action="register"]');
  await page.keyboard.press('Enter');
  await expect(field(page, 'phone')).toBeFocused();
  for (const [name, text] of [
    ['phone', '06 12 34 56 78'],
    ['email', 'camille@exemple.fr'],
    ['email_again', 'camille@exemple.fr'],
    ['password', 'Une phrase de 2026'],
  ] as const) {
    await to(`[name="${name}"]`);
    await page.keyboard.type(text);
  }
  await page.clock.runFor(200);
  await to('[name="terms"]');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(code(page)).toBeFocused();
  await page.keyboard.type('042');
  await page.keyboard.press('Enter');
  await expect(page.locator('h1')).toHaveText('Vérifier votre adresse');
  await page.keyboard.type('493207');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toHaveAttribute('data-screen', 'register_consent');
  await to('[data-action="accept_consent"]');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-opened]')).toBeFocused();
  expect((await answers(page)).map(({ kind }) => kind)).toEqual([
    'register',
    'submit_registration',
    'code',
    'code',
    'accept_consent',
  ]);
});

test('a password is not refused for what was said of the one before it', async ({ open, page }) => {
  await open('register');
  await fillIn(page);
  await field(page, 'password').fill('abc');
  await page.clock.runFor(200);
  await submit(page).click();
  expect(await answers(page)).toHaveLength(0);
  // Whoever types quickly presses Enter before the new one was judged; the portal judges it in any case.
  await field(page, 'password').fill('Une phrase de 2026');
  await field(page, 'password').press('Enter');
  expect(await answers(page)).toHaveLength(1);
});

test('nothing is sent twice, and what was typed is gone with the form', async ({ open, page }) => {
  await open('register');
  await fillIn(page);
  await page.evaluate(() => window.parvis.hold());
  await submit(page).click();
  await submit(page).dispatchEvent('click');
  expect(await answers(page)).toHaveLength(1);
  await page.evaluate(() => window.parvis.release());
  await show(page, 'password_new');
  const all = await page.evaluate(
    () =>
      document.documentElement.outerHTML +
      [...document.querySelectorAll('input')].map(({ value }) => value).join(),
  );
  expect(all).not.toMatch(/camille|Une phrase/);
  await show(page, 'register');
  await expect(field(page, 'password')).toHaveValue('');
});

test('SIGN16 at 320 px and 200 % nothing of a form, a code or an end is cut', async ({ open, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const scenario of [
    'register_record_differs',
    'register_declaration',
    'register_voice',
    'registered_booking',
    'registered_mailed',
    'delegates',
  ]) {
    for (const lang of languages) {
      await open({ scenario, lang });
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('main *:not(.visually-hidden)')]
          .filter((node) => !node.closest('.visually-hidden'))
          .filter((node) => {
            const { left, right } = node.getBoundingClientRect();
            return right > innerWidth + 0.5 || left < -0.5 || node.scrollWidth > node.clientWidth + 1;
          })
          .filter((node) => node.clientWidth > 0 && node.tagName !== 'INPUT')
          .map((node) => node.outerHTML.slice(0, 90)),
      );
      expect(cut, `${scenario} ${lang}`).toEqual([]);
    }
  }
});

test('SIGN18 another language keeps what was typed, and says in its words what is wrong', async ({
  open,
  page,
}) => {
  await open('register');
  await field(page, 'email').fill('camille');
  await field(page, 'password').fill('Une phrase de 2026');
  await submit(page).click();
  await page.locator('[data-lang="de"]').click();
  await expect(field(page, 'email')).toHaveValue('camille');
  await expect(field(page, 'password')).toHaveValue('Une phrase de 2026');
  await expect(page.locator('h1')).toHaveText('Konto anlegen');
  await expect(problem(page, 'summary')).toContainText('zu berichtigen');
});

test('the help has a short part on creating an account', async ({ open, page }) => {
  for (const lang of languages) {
    await open({ scenario: 'password_new', lang });
    await page.locator('footer [data-action="help"]').click();
    await expect(page.getByRole('dialog')).toContainText(catalogues[lang].register.help.title);
    await page.keyboard.press('Escape');
  }
});

const expired: Record<Language, [form: RegExp, mail: RegExp]> = {
  fr: [/^L’inscription a pris trop de temps\./, /^L’e-mail ne peut plus être renvoyé d’ici\./],
  en: [/^Signing up took too long\./, /^The e-mail can no longer be sent again from here\./],
  de: [
    /^Die Registrierung hat zu lange gedauert\./,
    /^Von hier aus kann die E-Mail nicht mehr gesendet werden\./,
  ],
};

test('a registration that took too long speaks of the account, says what is lost and keeps the rest', async ({
  open,
  page,
}) => {
  const failure = page.locator('[data-failure="session_expired"]').getByRole('alert');
  for (const lang of languages) {
    const [form, mail] = expired[lang];
    await open({ scenario: 'register_expired', lang });
    await expect(failure).toHaveText(form);
    await open({ scenario: 'registered_expired', lang });
    await expect(failure).toHaveText(mail);
  }
  await open('register_sms');
  await code(page).fill('123');
  await reply(page, 'register_expired', 'register_edited');
  await submit(page).click();
  await expect(failure).toContainText('le mot de passe et les codes reçus sont perdus');
  await expect(failure).toContainText('Complétez le formulaire');
  await expect(field(page, 'email')).toHaveValue('camille@exemple.fr');
  await expect(field(page, 'password')).toBeFocused();
  // Starting again would lead to the sign-in and lose the form.
  await expect(page.locator('main [data-failure] [data-action="restart"]')).toHaveCount(0);
  await page.locator('[data-action="dismiss_failure"]').click();
  await expect(field(page, 'email')).toHaveValue('camille@exemple.fr');
  expect((await answers(page)).at(-1)).toEqual({ kind: 'dismiss_failure' });
});

test('what went wrong is in sight, also for whoever sent a long form from its end', async ({
  open,
  page,
}) => {
  await page.setViewportSize({ width: 460, height: 560 });
  await open('register_edited');
  const failure = page.locator('main [data-failure]');
  await field(page, 'password').fill('Une phrase de 2026');
  await page.clock.runFor(200);
  await field(page, 'password').press('Enter');
  await show(page, 'register_unreachable');
  await expect(failure.getByText('Le portail ne répond pas.')).toBeInViewport();
  await expect(field(page, 'password')).toBeFocused();
});
