import { host, kept } from './first';

import { mount } from 'svelte';
import App from './App.svelte';
import { Settings } from './state/settings.svelte';
import { Workbench } from './state/workbench.svelte';
import './style/tokens.css';
import './style/base.css';

// There each font that is named and missing is looked for again and again, which holds up the first sight.
if (navigator.platform.startsWith('Linux')) document.documentElement.dataset.system = 'linux';

const target = document.querySelector('#app');
if (!target) throw new Error('index.html has no #app');

try {
  mount(App, { target, props: { bench: new Workbench(host, new Settings(localStorage), await kept) } });
} catch (cause) {
  const message = document.createElement('p');
  message.className = 'start-failed';
  message.setAttribute('role', 'alert');
  message.textContent = `Monty Playground could not start: ${String(cause)}. Reload to try again.`;
  target.append(message);
}
