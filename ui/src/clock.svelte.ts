import { createSubscriber } from 'svelte/reactivity';

/** Ticks each second, and only while something on the screen reads it. */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Steady milliseconds: setting the PC's clock moves no countdown. */
export function now(): number {
  subscribe();
  return performance.now();
}
