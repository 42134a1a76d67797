import AxeBuilder from '@axe-core/playwright';
import { scenarioNames } from '../src/backend/scenarios';
import { catalogues, languages } from '../src/i18n';
import { spaces } from '../src/i18n/typography';
import { expect, test, type Page } from './window';

test.use({ still: false });

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** In a window as high as the page: what scrolls under the button of a long form is no target there. */
async function audit(page: Page): Promise<void> {
  const { width, height } = page.viewportSize()!;
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(height, whole) });
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  await page.setViewportSize({ width, height });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

async function noSidewaysScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(window!);
}

/** One page for many scenarios: the tests are about the drawing, not the opening. */
const groups = <T>(all: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );

for (const [index, names] of groups(scenarioNames, 12).entries()) {
  test(`SIGN4 SIGN13 axe finds nothing in any state, light, part ${index + 1}`, async ({ open, page }) => {
    test.slow();
    for (const scenario of names) {
      await open(scenario);
      await test.step(scenario, () => audit(page));
    }
  });
}

const main = [
  'choose_portal',
  'password_rejected',
  'select_method_blocked',
  'code_last_try',
  'code_failed',
  'blocked',
  'signed_in',
  'left_pending',
  'failure_wrong_issuer',
  'inactivity',
  'choose_entrance',
  'password_entrance',
  'forgotten_password',
  'recovery_sent',
  'code_totp_last_request',
  'change_password_rejected',
  'contacts_proof',
  'authenticator_setup',
  'authenticator_low',
  'recovery_codes',
  'sessions',
  'history',
  'step_up_code',
  'busy_code',
  'password_new',
  'choose_entrance_new',
  'register_refused',
  'register_declaration',
  'register_record_differs',
  'register_in_use',
  'register_voice_last_try',
  'register_email',
  'register_consent',
  'registered_booking',
  'registered_mailed',
  'activation_due',
  'delegates_invited',
  'delegates_none',
];

test('SIGN13 axe finds nothing in the dark theme', async ({ open, page }) => {
  test.slow();
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const scenario of main) {
    await open(scenario);
    await test.step(scenario, () => audit(page));
  }
});

for (const lang of ['en', 'de'] as const) {
  test(`axe finds nothing in ${lang}`, async ({ open, page }) => {
    for (const scenario of ['password', 'code_email', 'signed_in', 'register_reminder', 'delegates']) {
      await open({ scenario, lang });
      await audit(page);
    }
  });
}

test('axe finds nothing in the panels', async ({ open, page }) => {
  await open('password');
  for (const panel of ['help', 'about']) {
    await page.locator(`footer [data-action="${panel}"]`).click();
    await audit(page);
    await page.keyboard.press('Escape');
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`SIGN13 edges of controls and the focus ring have 3:1, ${colorScheme}`, async ({ open, page }) => {
    await page.emulateMedia({ colorScheme });
    await open('password');
    const ratios = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const light = (name: string) => {
        const hex = style.getPropertyValue(name).trim();
        const [r, g, b] = [1, 3, 5].map((at) => {
          const part = parseInt(hex.slice(at, at + 2), 16) / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const ratio = (a: string, b: string) => {
        const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
        return (high! + 0.05) / (low! + 0.05);
      };
      return [
        ['--edge', '--ground'],
        ['--edge', '--paper'],
        ['--focus', '--ground'],
        ['--focus', '--paper'],
        ['--danger', '--paper'],
        ['--accent', '--ground'],
      ].map(([a, b]) => ratio(a!, b!));
    });
    for (const ratio of ratios) expect(ratio).toBeGreaterThanOrEqual(3);
  });
}

test('SIGN14 whatever has the focus shows it and is not covered', async ({ open, page }) => {
  for (const scenario of [
    'choose_portal',
    'password',
    'code_last_try',
    'signed_in',
    'change_password_rejected',
    'register_refused',
    'register_reminder',
    'delegates',
  ]) {
    await open(scenario);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const count = await page.locator('button:visible, input:visible').count();
    for (let step = 0; step < count; step += 1) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const node = document.activeElement!;
        if (node === document.body) return { name: '', ring: true, uncovered: true };
        const { outlineStyle, outlineWidth } = getComputedStyle(node);
        const box = node.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return {
          name: node.outerHTML.slice(0, 80),
          ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
          uncovered: node === top || node.contains(top),
        };
      });
      expect(seen).toEqual({ name: seen.name, ring: true, uncovered: true });
    }
  }
});

test('SIGN16 320 px without sideways scrolling', async ({ open, page }) => {
  test.slow();
  await page.setViewportSize({ width: 320, height: 640 });
  for (const lang of languages) {
    for (const scenario of main) {
      await open({ scenario, lang });
      await test.step(`${scenario} ${lang}`, () => noSidewaysScroll(page));
    }
  }
});

test('SIGN16 200 % text without sideways scrolling, also at 320 px', async ({ open, page }) => {
  for (const width of [440, 320]) {
    await page.setViewportSize({ width, height: 720 });
    for (const scenario of main) {
      await open({ scenario, lang: 'de' });
      await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      await test.step(`${scenario} ${width}`, () => noSidewaysScroll(page));
    }
  }
});

test('the button of a long form is in sight before any scrolling, whatever is said above it', async ({
  open,
  page,
}) => {
  const button = page.locator('[data-action="submit"]');
  for (const [width, height] of [
    [460, 760],
    [320, 640],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const lang of languages) {
      for (const scenario of ['change_password_rejected', 'register_reminder', 'register_dentist']) {
        await open({ scenario, lang, demonstration: true });
        await page.locator('[autocomplete="new-password"]').first().fill('Une phrase');
        await expect(page.locator('[data-strength]')).toBeVisible();
        await page.evaluate(() => window.scrollTo(0, 0));
        await expect(button).toBeInViewport({ ratio: 1 });
      }
    }
  }
});

test('in a very low window the button of a form takes no room from its fields', async ({ open, page }) => {
  await page.setViewportSize({ width: 460, height: 380 });
  await open('register');
  await expect(page.locator('[data-action="submit"]')).not.toBeInViewport();
});

test('SIGN16 a wide screen gets a card, not stretched lines', async ({ open, page }) => {
  await page.setViewportSize({ width: 3840, height: 2160 });
  await open('signed_in');
  const { width } = (await page.locator('main').boundingBox())!;
  const rem = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  expect(width / rem).toBeLessThanOrEqual(32);
});

test('SIGN17 targets are large enough', async ({ open, page }) => {
  for (const scenario of [
    'choose_portal',
    'password',
    'code_last_try',
    'signed_in',
    'failure_slow_down',
    'blocked',
    'password_new',
    'register_reminder',
    'registered_mailed',
    'delegates',
  ]) {
    await open(scenario);
    for (const target of await page.locator('button:visible, input:visible, summary:visible').all()) {
      const { width, height } = (await target.boundingBox())!;
      const name = await target.evaluate((node) => node.outerHTML.slice(0, 90));
      const least = /class="button/.test(name) ? 44 : 24;
      expect(Math.min(width, height), name).toBeGreaterThanOrEqual(least);
    }
  }
});

test('a finger hits links, boxes and languages with room to spare: 44 px high', async ({ open, page }) => {
  for (const scenario of [
    'register',
    'register_sms',
    'register_expired',
    'registered_mailed',
    'activation_due',
    'password_new',
    'delegates',
    'change_password',
  ]) {
    await open(scenario);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.link, summary, .languages button, [type="checkbox"]')]
        .filter((target) => {
          target.scrollIntoView({ block: 'center' });
          const { left, top, width, height } = target.getBoundingClientRect();
          const hit = (y: number) => document.elementFromPoint(left + width / 2, y) === target;
          let high = 0;
          for (let y = top + height / 2; hit(y); y -= 1) high += 1;
          for (let y = top + height / 2 + 1; hit(y); y += 1) high += 1;
          return high < 43;
        })
        .map((target) => target.outerHTML.slice(0, 90)),
    );
    expect(small, scenario).toEqual([]);
  }
});

test('what cannot be undone looks like it', async ({ open, page }) => {
  await open('register_consent');
  await page.locator('[data-action="decline"]').click();
  const colour = (selector: string) =>
    page.locator(selector).evaluate((button) => getComputedStyle(button).color);
  expect(await colour('[data-action="decline_confirm"]')).not.toBe(await colour('[data-action="cancel"]'));
});

test('SIGN13 SIGN19 nothing moves or fades: a button whose kind changes can be read at once', async ({
  open,
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const [before, after] of [
    ['delegates_invited', 'delegates_none'],
    ['code_email', 'busy_code'],
  ]) {
    await open(before!);
    await page.evaluate((name) => window.parvis.show(name), after!);
    await page.locator('.button').first().hover();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  }
});

test('SIGN19 forced colours keep the edges', async ({ open, page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open('code_last_try');
  const edge = await page.locator('[data-action="submit"]').evaluate((node) => {
    const { borderTopStyle, borderTopWidth } = getComputedStyle(node);
    return { borderTopStyle, visible: parseFloat(borderTopWidth) > 0 };
  });
  expect(edge).toEqual({ borderTopStyle: 'solid', visible: true });
});

test('each screen has one h1, inside main', async ({ open, page }) => {
  for (const scenario of main) {
    await open(scenario);
    await expect(page.locator('h1')).toHaveCount(1);
    await expect(page.locator('main h1')).toHaveCount(1);
  }
});

test('French has its spaces, and no language has straight quotes', () => {
  expect(spaces('Êtes-vous là ? « Oui » : 10 h 42 ; non !', 'fr')).toBe(
    'Êtes-vous là\u202f? «\u00a0Oui\u00a0»\u00a0: 10\u00a0h\u00a042\u202f; non\u202f!',
  );
  const all = (messages: unknown): string[] =>
    typeof messages === 'string'
      ? [messages]
      : typeof messages === 'object'
        ? Object.values(messages as object).flatMap(all)
        : [];
  for (const language of languages) {
    for (const text of all(catalogues[language])) {
      expect(text).not.toMatch(/["']|\.\.\./);
      if (language === 'fr') expect(text).not.toMatch(/ [?!;:»]|« |[^\s\u00a0\u202f][?!;]/);
    }
  }
});

test('a frozen Object.prototype, as in the real window, breaks nothing', async ({ open, page }) => {
  await page.addInitScript(() => Object.freeze(Object.prototype));
  await open('signed_in');
  await page.locator('[data-lang="en"]').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});
