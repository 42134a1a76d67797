import type { FormRefusal, Language } from '../src/backend';
import { catalogues, languages } from '../src/i18n';
import { answers, code, expect, field, paste, problem, reply, show, submit, test, type Page } from './window';

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

test('the letters of the name are there again, as the fields are', async ({ open, page }) => {
  await open('register_record_differs');
  await expect(field(page, 'name_letters')).toHaveValue('Mar');
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
