import { mount } from 'svelte';
import './style.css';
import type { Backend } from './backend';
import Window from './Window.svelte';

export function start(backend: Backend): void {
  mount(Window, { target: document.body, props: { backend } });
}
