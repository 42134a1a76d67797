'use strict';
// What makes the pages of mailed links easier; they work without it.
{
  const field = document.querySelector('input[name="token"]');
  const mailed = location.hash.slice(1);
  if (field && mailed) {
    field.value = mailed;
    const shown = field.closest('.field');
    if (shown) shown.hidden = true;
    // Neither in the history nor on the screen.
    history.replaceState(null, '', location.pathname + location.search);
  }
  if (field && field.value) {
    for (const link of document.querySelectorAll('a[data-keep]')) link.hash = field.value;
  }

  const opens = document.querySelector('a[data-open]');
  // Of what a signed link is made; the app refuses anything else.
  if (opens && /^[\w.-]{1,2048}$/.test(mailed)) {
    opens.href += `&link=${mailed}`;
    for (const link of document.querySelectorAll('a[data-keep]')) link.hash = mailed;
    history.replaceState(null, '', location.pathname + location.search);
  }

  const password = document.querySelector('input[name="password"]');
  const again = document.querySelector('input[name="password_again"]');
  if (password && again) {
    // Counted as the portal counts them.
    const count = (pattern) => [...password.value].filter((letter) => pattern.test(letter)).length;
    const met = {
      too_short: (wanted) => [...password.value].length >= wanted,
      too_long: (wanted) => [...password.value].length <= wanted,
      digit: (wanted) => count(/\p{N}/u) >= wanted,
      upper: (wanted) => count(/\p{Uppercase}/u) >= wanted,
      lower: (wanted) => count(/\p{Lowercase}/u) >= wanted,
      special: (wanted) => count(/[^\p{Alphabetic}\p{N}]/u) >= wanted,
      same: () => password.value === again.value,
    };
    const tick = () => {
      for (const rule of document.querySelectorAll('[data-rule]')) {
        const test = met[rule.dataset.rule];
        const done = Boolean(test) && password.value !== '' && test(Number(rule.dataset.count));
        if (!test) rule.classList.remove('unmet');
        else {
          rule.classList.toggle('met', done);
          if (done) rule.classList.remove('unmet');
        }
        const said = rule.querySelector('.state');
        if (said) said.textContent = done ? ` – ${rule.parentElement.dataset.met}` : '';
      }
    };
    password.addEventListener('input', tick);
    again.addEventListener('input', tick);

    const show = document.querySelector('button[data-show]');
    if (show) {
      show.hidden = false;
      show.addEventListener('click', () => {
        const hidden = password.type === 'password';
        password.type = again.type = hidden ? 'text' : 'password';
        show.textContent = hidden ? show.dataset.hide : show.dataset.show;
        show.setAttribute('aria-pressed', String(hidden));
      });
    }
  }
}
