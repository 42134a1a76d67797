import { test as base, expect, type Page } from '@playwright/test';
import type { Answer, Language } from '../src/backend';

export { expect };
export type { Page };

/** 23 November 2026, 10:42 in Paris. */
export const NOON = new Date('2026-11-23T09:42:00Z');

export interface Opened {
  scenario: string;
  lang?: Language;
  demonstration?: boolean;
}

/** A page whose clock is ours and which must not break its own policy nor complain on the console. */
export const test = base.extend<{
  /** Whether time stands still until the test moves it; axe needs running timers. */
  still: boolean;
  open: (what: string | Opened) => Promise<Page>;
}>({
  still: [true, { option: true }],
  open: async ({ page, still }, use) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    if (still) {
      await page.clock.install({ time: NOON.getTime() - 60_000 });
      await page.clock.pauseAt(NOON);
    } else {
      await page.clock.setFixedTime(NOON);
    }
    let loaded = '';
    await use(async (what) => {
      const { scenario, lang = 'fr', demonstration } = typeof what === 'string' ? { scenario: what } : what;
      const rest = `&lang=${lang}${demonstration ? '&demonstration' : ''}`;
      // The same window again: the next scenario comes as an event, which is much quicker than a page load.
      if (rest === loaded) await show(page, scenario);
      else await page.goto(`mock.html?scenario=${scenario}${rest}`);
      loaded = rest;
      await expect(page.locator('main[data-screen]')).toBeVisible();
      return page;
    });
    expect(complaints).toEqual([]);
  },
});

export const answers = (page: Page): Promise<Answer[]> => page.evaluate(() => window.parvis.answers);
export const reply = (page: Page, ...scenarios: string[]) =>
  page.evaluate((names) => window.parvis.reply(...names), scenarios);
export const show = (page: Page, scenario: string) =>
  page.evaluate((name) => window.parvis.show(name), scenario);
export const code = (page: Page) => page.locator('input[name="code"]');
export const field = (page: Page, name: string) => page.locator(`[name="${name}"]`);
export const problem = (page: Page, kind: string) => page.locator(`[data-problem="${kind}"]`);
export const submit = (page: Page) => page.locator('[data-action="submit"]');

/** Puts a text on the field as the clipboard would. */
export async function paste(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector).focus();
  await page.evaluate((text) => {
    // What a browser does on paste: an event that may be refused, then the insertion.
    const field = document.activeElement as HTMLInputElement;
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    if (field.dispatchEvent(event)) document.execCommand('insertText', false, text.replace(/[\r\n]/g, ''));
  }, text);
}
