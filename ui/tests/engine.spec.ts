import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import type { FailureCode, Notice } from '../src/backend';
import { failures } from '../src/failures';
import { catalogues } from '../src/i18n';
import { answers, code, expect, reply, show, submit, test } from './window';

test('only src/backend imports Tauri', () => {
  const files = readdirSync('src', { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const importing = files
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => /\.(ts|svelte)$/.test(path) && readFileSync(path, 'utf8').includes('@tauri-apps/'));
  expect(importing).toEqual(['src/backend/tauri.ts']);
});

test('the built app holds neither the mock nor inline code', async () => {
  const built = await build({ logLevel: 'silent', build: { write: false } });
  const files = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const text = files.map((file) => (file.type === 'chunk' ? file.code : String(file.source))).join('\n');
  expect(text).toContain('plugin:event|listen');
  expect(text).not.toMatch(/Accueil 2|scenario|window\.parvis/);
  const html = String(
    files.flatMap((file) =>
      file.type === 'asset' && file.fileName === 'index.html' ? [file.source] : [],
    )[0],
  );
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|https?:/);
});

test('« Recommencer » overtakes what is under way', async ({ open }) => {
  const page = await open('code_email');
  await page.evaluate(() => window.parvis.hold());
  await code(page).fill('493207');
  await submit(page).click();
  await show(page, 'busy_code');
  await page.locator('[data-action="restart"]').click();
  expect((await answers(page)).map(({ kind }) => kind)).toEqual(['code', 'restart']);
  await page.evaluate(() => window.parvis.release());
});

test('signing out and leaving do not wait for a workstation that is being forgotten', async ({ open }) => {
  const page = await open('signed_in');
  for (const way of ['sign_out', 'leave'] as const) {
    await page.evaluate(() => window.parvis.hold());
    await page.locator('[data-action="forget_device"]').first().click();
    await page.locator('[data-action="forget_device_confirm"]').first().click();
    await show(page, 'busy_saving');
    await page.locator(`[data-action="${way}"]`).click();
    expect((await answers(page)).at(-1)).toEqual({ kind: way });
    await page.evaluate(() => window.parvis.release());
    await show(page, 'signed_in');
  }
});

test('an older view is ignored', async ({ open }) => {
  const page = await open('password');
  await page.evaluate(() => {
    const old = window.parvis.current();
    window.parvis.show('code_email');
    window.parvis.send(old);
  });
  await expect(page.locator('main')).toHaveAttribute('data-screen', 'code');
});

test('a command that breaks shows the internal failure and loses nothing', async ({ open }) => {
  const page = await open('password');
  await page.locator('[name="identifier"]').fill('medecin-a');
  await page.locator('[name="password"]').fill('kept');
  await page.evaluate(() => window.parvis.reject('worker is gone'));
  await submit(page).click();
  await expect(page.locator('[data-failure="internal"] [role="alert"]')).toBeVisible();
  await expect(page.locator('[name="password"]')).toHaveValue('kept');
  await page.locator('[data-action="dismiss_failure"]').click();
  await expect(page.locator('[data-failure]')).toHaveCount(0);
  await submit(page).click();
  expect(await answers(page)).toHaveLength(2);
});

test('each failure says what happened, what is lost and what to do', async ({ open, page }) => {
  for (const failure of Object.keys(failures) as FailureCode[]) {
    await open(`failure_${failure}`);
    const panel = page.locator(`[data-failure="${failure}"]`);
    const words = catalogues.fr.failure.codes[failure];
    for (const text of Object.values(words)) await expect(panel).toContainText(text);
    await expect(panel.locator('[data-action]').first()).toBeVisible();
    await expect(panel.locator('[role="alert"]')).not.toContainText('os error');
  }
});

test('« Réessayer » waits as long as the portal said', async ({ open }) => {
  const page = await open('failure_slow_down');
  const retry = page.locator('[data-action="retry"]');
  await expect(retry).toHaveText('Réessayer dans 20\u00a0secondes');
  await retry.dispatchEvent('click');
  expect(await answers(page)).toEqual([]);
  await page.clock.runFor(21_000);
  await retry.click();
  expect(await answers(page)).toEqual([{ kind: 'retry' }]);
});

test('each notice is shown', async ({ open, page }) => {
  for (const notice of Object.keys(catalogues.fr.notice) as Notice['kind'][]) {
    await open(`notice_${notice}`);
    await expect(page.locator(`[data-notice="${notice}"]`)).toContainText(catalogues.fr.notice[notice].title);
  }
});

test('activity is told once in 10 s', async ({ open }) => {
  const page = await open('signed_in');
  const told = () => page.evaluate(() => window.parvis.activities);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await told()).toBe(1);
  await page.clock.runFor(10_500);
  await page.keyboard.press('Tab');
  expect(await told()).toBe(2);
});

test('what was typed for one portal does not reach another', async ({ open }) => {
  const page = await open('password');
  await page.locator('[name="identifier"]').fill('medecin-a');
  await page.locator('[name="password"]').fill('for one portal only');
  await show(page, 'wrong_role');
  await expect(page.locator('[name="password"]')).toHaveValue('');
});

test('the next person finds no trace of the one before', async ({ open }) => {
  const page = await open('code_email');
  await code(page).fill('493207');
  await reply(page, 'signed_in', 'notice_signed_out');
  await submit(page).click();
  await page.locator('[data-action="sign_out"]').click();
  await expect(page.locator('[data-notice="signed_out"]')).toBeVisible();
  const all = await page.evaluate(
    () =>
      document.documentElement.outerHTML +
      [...document.querySelectorAll('input')].map((field) => field.value).join(),
  );
  expect(all).not.toMatch(/Aubry|493207|m•••/);
});
