// Shows new messages as they arrive, without disturbing what is being read or selected.
const PAUSE = 1500;

async function look() {
  const answer = await fetch('/outbox', { cache: 'no-store' });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const [now, next] = [document, page].map((source) => source.getElementById('messages'));
  const known = new Set([...now.querySelectorAll('article')].map((article) => article.id));
  const fresh = [...next.querySelectorAll('article')].filter((article) => !known.has(article.id));
  if (fresh.length === 0) return;
  if (known.size === 0) now.replaceChildren();
  now.prepend(...fresh);
}

async function watch() {
  // While nobody sees it, nothing is asked.
  if (!document.hidden) await look().catch(() => undefined);
  setTimeout(watch, PAUSE);
}

void watch();
