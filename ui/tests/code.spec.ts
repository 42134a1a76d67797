import { catalogues } from '../src/i18n';
import { flaw, normalise } from '../src/code';
import { answers, code, expect, paste, reply, show, submit, test } from './window';

const sent = async (page: Parameters<typeof answers>[0]) =>
  (await answers(page)).filter((answer) => answer.kind === 'code');

test('OTP1 the code form has exactly one text field', async ({ open }) => {
  const page = await open('code_email');
  await expect(page.locator('form input:not([type="checkbox"])')).toHaveCount(1);
});

test('OTP2 the field says what it is', async ({ open }) => {
  const field = code(await open('code_email'));
  await expect(field).toHaveAttribute('type', 'text');
  await expect(field).toHaveAttribute('inputmode', 'numeric');
  await expect(field).toHaveAttribute('autocomplete', 'one-time-code');
});

test('OTP3 a pasted code fills the field', async ({ open }) => {
  const page = await open('code_email');
  await paste(page, 'input[name="code"]', '123456');
  await expect(code(page)).toHaveValue('123456');
});

test('OTP4 spaces and dashes are stripped', async ({ open }) => {
  const page = await open('code_email');
  for (const text of [
    '123 456',
    '123-456',
    ' 123456\n',
    '123\u00a0456',
    '123–456',
    '123\u202f456',
    '\t123\u200b456 ',
    '123\u2011456',
  ]) {
    await code(page).fill('');
    await paste(page, 'input[name="code"]', text);
    await expect(code(page), JSON.stringify(text)).toHaveValue('123456');
  }
});

test('OTP4 a correction in the middle keeps the caret', async ({ open }) => {
  const page = await open('code_email');
  await code(page).pressSequentially('12 456');
  await code(page).press('Home');
  await code(page).press('ArrowRight');
  await code(page).press('ArrowRight');
  await code(page).pressSequentially(' 3');
  await expect(code(page)).toHaveValue('123456');
});

test('OTP5 no maxlength cuts a spaced code', async ({ open }) => {
  const page = await open('code_email');
  await expect(code(page)).not.toHaveAttribute('maxlength');
  await paste(page, 'input[name="code"]', '123 456');
  await expect(code(page)).toHaveValue('123456');
});

test('OTP6 leading zeros are sent as typed', async ({ open }) => {
  const page = await open('code_email');
  await code(page).fill('000042');
  await submit(page).click();
  expect(await sent(page)).toEqual([{ kind: 'code', code: '000042', remember: false }]);
});

test('OTP7 full-width and Arabic-Indic digits become ASCII', async ({ open }) => {
  expect(normalise('１２３４５６')).toBe('123456');
  expect(normalise('١٢٣٤٥٦')).toBe('123456');
  expect(normalise('۱۲۳۴۵۶')).toBe('123456');
  const page = await open('code_email');
  await paste(page, 'input[name="code"]', '１２３ ４５６');
  await expect(code(page)).toHaveValue('123456');
});

test('OTP8 the length is named in the label', async ({ open, page }) => {
  for (const length of [3, 5, 6, 8]) {
    await open(length === 6 ? 'code_email' : `code_length_${length}`);
    await expect(page.getByLabel(new RegExp(`Code à ${length}.chiffres`))).toBeVisible();
  }
});

test('OTP9 what is no code is refused here and sends nothing', async ({ open }) => {
  const page = await open('code_email');
  for (const [typed, problem] of [
    ['', 'empty'],
    ['12345', 'too_short'],
    ['1234567', 'too_long'],
    ['12a456', 'not_digits'],
    ['12.456', 'not_digits'],
  ] as const) {
    await code(page).fill(typed);
    await submit(page).click();
    await expect(page.locator(`[data-problem="${problem}"]`)).toBeVisible();
    await expect(code(page)).toBeFocused();
  }
  expect(await answers(page)).toEqual([]);
});

test('OTP9 fifty bad inputs cost no attempt', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `12345${letter}`);
  const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 20].map((n) => '1'.repeat(n));
  const signs = [
    '123456!',
    '+123456',
    '1e5000',
    '12,456',
    '１２３４５',
    '½23456',
    '①23456',
    '',
    ' ',
    '-',
    '12345O',
    '0x1234',
    '123456.',
  ];
  for (const bad of [...letters, ...lengths, ...signs]) expect(flaw(normalise(bad), 6), bad).not.toBeNull();
});

test('OTP10 too short, too long, not digits, expired and wrong are five messages, in three languages', () => {
  for (const { code: t } of Object.values(catalogues)) {
    const titles = [
      t.flaw.too_short.title,
      t.flaw.too_long.title,
      t.flaw.not_digits.title,
      t.problem.code_expired.title,
      t.problem.code_rejected.title,
    ];
    expect(new Set(titles).size).toBe(5);
  }
});

test('OTP11 a refusal is linked to the field and read out', async ({ open }) => {
  const page = await open('code_rejected');
  const field = code(page);
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
  const error = page.locator(`#${ids[0]}`);
  await expect(error).toContainText('Ce code n’est pas le bon');
  await expect(error.locator('[role="alert"]')).toHaveCount(1);
});

test('OTP12 a refused code stays to be compared, selected, with the focus', async ({ open }) => {
  const page = await open('code_email');
  await reply(page, 'code_rejected');
  await code(page).fill('493207');
  await submit(page).click();
  await expect(page.locator('[data-problem="code_rejected"]')).toBeVisible();
  await expect(code(page)).toHaveValue('493207');
  await expect(code(page)).toBeFocused();
  expect(
    await code(page).evaluate((field: HTMLInputElement) => [field.selectionStart, field.selectionEnd]),
  ).toEqual([0, 6]);
});

test('OTP12 a code that was refused is not sent a second time', async ({ open }) => {
  const page = await open('code_email');
  await reply(page, 'code_rejected');
  await code(page).fill('493207');
  await submit(page).click();
  await expect(page.locator('[data-problem="code_rejected"]')).toBeVisible();
  await submit(page).click();
  await expect(page.locator('[data-problem="same_code_again"]')).toBeVisible();
  expect(await sent(page)).toHaveLength(1);
});

test('OTP13 the last digit sends nothing, Enter does', async ({ open }) => {
  const page = await open('code_email');
  await code(page).pressSequentially('493207');
  expect(await answers(page)).toEqual([]);
  await code(page).press('Enter');
  expect(await sent(page)).toHaveLength(1);
});

test('OTP13 a code under way is not sent twice and keeps text and focus', async ({ open }) => {
  const page = await open('code_email');
  await page.evaluate(() => window.parvis.hold());
  await code(page).fill('493207');
  await code(page).press('Enter');
  await show(page, 'busy_code');
  await expect(submit(page)).toHaveText('Vérification…');
  await code(page).press('Enter');
  await submit(page).dispatchEvent('click');
  expect(await sent(page)).toHaveLength(1);
  await expect(code(page)).toHaveValue('493207');
  await page.evaluate(() => window.parvis.release());
});

test('OTP14 the digits can be read', async ({ open }) => {
  const page = await open('code_email');
  await code(page).fill('493207');
  const style = await code(page).evaluate((field) => {
    const { letterSpacing, fontSize } = getComputedStyle(field);
    return parseFloat(letterSpacing) / parseFloat(fontSize);
  });
  expect(style).toBeGreaterThanOrEqual(0.1);
});

test('OTP15 « Je n’ai pas reçu le code » is in the same place for each method', async ({ open, page }) => {
  for (const scenario of ['code_email', 'code_sms', 'code_second', 'code_expired', 'code_totp']) {
    await open(scenario);
    const first = page.locator('form + section button').first();
    await expect(first).toHaveText(
      scenario === 'code_totp' ? 'Je n’ai pas de code' : 'Je n’ai pas reçu le code',
    );
  }
});

test('OTP16 the resend states its wait, the countdown speaks four times', async ({ open }) => {
  const page = await open('code_email');
  const resend = page.locator('[data-action="resend"]');
  await expect(page.getByText('Nouvel envoi possible dans 30\u00a0secondes.')).toBeVisible();
  await expect(resend).toHaveAttribute('aria-disabled', 'true');
  await resend.dispatchEvent('click');
  expect(await answers(page)).toEqual([]);

  const region = page.locator('[data-countdown]');
  const spoken = await region.evaluateHandle((node) => {
    const said = [node.textContent];
    new MutationObserver(() => said.push(node.textContent)).observe(node, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    return said;
  });
  await page.clock.runFor(31_000);
  await expect(page.getByText('Valable encore 4\u00a0min 29\u00a0s')).toBeVisible();
  await expect(resend).toHaveAttribute('aria-disabled', 'false');
  await page.clock.runFor(300_000);
  expect(await spoken.jsonValue()).toEqual([
    'Ce code est valable 5\u00a0minutes.',
    'Ce code est valable encore une minute.',
    'Ce code est valable encore 30\u00a0secondes.',
    'Ce code n’est plus valable.',
  ]);
  await resend.click();
  expect(await answers(page)).toEqual([{ kind: 'send_code', method: 'email' }]);
});

test('OTP17 an expired code is one action away from a new one', async ({ open }) => {
  const page = await open('code_soon_expired');
  await code(page).fill('4932');
  await page.clock.runFor(63_000);
  await expect(page.locator('[data-problem="code_expired"]')).toBeVisible();
  await expect(code(page)).toHaveValue('');
  await expect(submit(page)).toHaveText('Recevoir un nouveau code');
  await reply(page, 'code_second');
  await submit(page).click();
  expect(await answers(page)).toEqual([{ kind: 'send_code', method: 'email' }]);
  await expect(page.locator('[data-sent="2"]')).toHaveText(
    'Code 2, envoyé à 10\u00a0h\u00a043\u00a0par e-mail à m•••@e•••.org.',
  );
  await expect(code(page)).toBeFocused();
  await expect(submit(page)).toHaveText('Valider');
});

test('OTP20 only the masked destination is shown', async ({ open }) => {
  const page = await open('code_email');
  await expect(page.locator('[data-sent]')).toContainText('m•••@e•••.org');
  expect(await page.locator('body').innerText()).not.toMatch(/[a-z]{3,}@/);
});

test('OTP23 no picture puzzle on any step', async ({ open, page }) => {
  for (const scenario of ['password', 'code_email', 'select_method']) {
    await open(scenario);
    await expect(page.locator('img, canvas, iframe')).toHaveCount(0);
  }
});

test('the last try is announced before it is spent', async ({ open }) => {
  const page = await open('code_last_try');
  await expect(page.locator('[data-last-try]')).toContainText('Il vous reste un seul essai');
  await expect(submit(page)).toHaveText('Valider mon dernier essai');
});

test('the last send asks first', async ({ open }) => {
  const page = await open('code_last_send');
  await page.locator('[data-action="resend"]').click();
  await expect(page.locator('[data-last-send]')).toBeVisible();
  expect(await answers(page)).toEqual([]);
  await page.locator('[data-action="resend_confirm"]').click();
  expect(await answers(page)).toEqual([{ kind: 'send_code', method: 'email' }]);
});

test('another method is one action away and keeps the trust box', async ({ open }) => {
  const page = await open('code_email');
  await page.locator('[name="remember"]').check();
  await code(page).fill('12');
  await reply(page, 'code_sms');
  await page.locator('[data-action="method"][data-method="sms"]').click();
  expect(await answers(page)).toEqual([{ kind: 'send_code', method: 'sms' }]);
  await expect(page.locator('[data-sent]')).toContainText('par SMS');
  await expect(page.locator('[name="remember"]')).toBeChecked();
  await expect(code(page)).toHaveValue('');
});

test('the delivery is asked for every 2 s, and only while the message is queued', async ({ open }) => {
  const page = await open('code_queued');
  await page.clock.runFor(2100);
  await page.clock.runFor(2100);
  expect(await answers(page)).toEqual([{ kind: 'poll_delivery' }, { kind: 'poll_delivery' }]);
  await show(page, 'code_email');
  await expect(page.locator('[data-delivery="sent"]')).toBeVisible();
  await page.clock.runFor(6000);
  expect(await answers(page)).toHaveLength(2);
});

test('a message that could not leave comes with advice', async ({ open }) => {
  const page = await open('code_failed');
  await expect(page.locator('[data-delivery="failed"]')).toContainText('Recevez le code autrement');
});

test('a code that is asked again is explained, for each reason', async ({ open, page }) => {
  for (const reason of [
    'other_professional',
    'expired',
    'credentials_changed',
    'revoked',
    'key_missing',
  ] as const) {
    await open(`trust_ended_${reason}`);
    await expect(page.locator(`[data-trust-ended="${reason}"]`)).toContainText(
      catalogues.fr.trustEnded[reason],
    );
  }
});

test('a failure of the network loses nothing that was typed', async ({ open }) => {
  const page = await open('code_email');
  await reply(page, 'failure_on_code');
  await code(page).fill('493207');
  await page.locator('[name="remember"]').check();
  await submit(page).click();
  await expect(page.locator('[data-failure="portal_unreachable"]')).toBeVisible();
  await expect(code(page)).toHaveValue('493207');
  await expect(page.locator('[name="remember"]')).toBeChecked();
  await page.locator('[data-action="retry"]').click();
  expect((await answers(page)).at(-1)).toEqual({ kind: 'retry' });
});
