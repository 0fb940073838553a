import { mount } from 'svelte';
import App from './App.svelte';
import { openHost } from './host';
import { Settings } from './state/settings.svelte';
import { Workbench } from './state/workbench.svelte';
import './style/tokens.css';
import './style/base.css';
const target = document.querySelector('#app');
if (!target) throw new Error('index.html has no #app');

try {
  const host = await openHost();
  const kept = await host.loadWorkspace().catch(() => null);
  mount(App, { target, props: { bench: new Workbench(host, new Settings(localStorage), kept) } });
} catch (cause) {
  const message = document.createElement('p');
  message.className = 'start-failed';
  message.setAttribute('role', 'alert');
  message.textContent = `Monty Playground could not start: ${String(cause)}. Reload to try again.`;
  target.append(message);
}
