/* global document -- what is handed to `execute` runs in the page */

// Pictures of the interface, light and dark, at two sizes: of the browser version in Chromium, and
// of the real window. They are for looking at; the best are in README, under docs/pictures.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from '@playwright/test';
import { preview } from 'vite';

import { buildDesktop, buildWeb } from './build.mjs';
import { withDisplay } from './steps.mjs';
import { browserPath, prepare, root, say } from './toolchain.mjs';
import { openApp } from '../tests/desktop/window.mjs';
import { person as inBrowser } from '../tests/e2e/person.mjs';
import { person as atWindow } from '../tests/desktop/person.mjs';

const out = join(root, 'test-results', 'pictures');
const SIZES = [[1100, 720], [1600, 1000]];
const STAGE = `import dom

cities = [("Oslo", 3), ("Rome", 17)]
title = dom.create("h2")
title.set_text("Temperatures")
table = dom.create("table")
name = dom.create("input")
name.attr("placeholder", "A city")
add = dom.create("button")
add.set_text("Add")
for element in [title, table, name, add]:
    dom.root().append(element)

while True:
    rows = "".join(f"<tr><td>{city}</td><td>{degrees} °C</td></tr>" for city, degrees in cities)
    table.html("<tr><th>City</th><th>Now</th></tr>" + rows)
    add.on_click()
    cities.append((name.get_value(), 11))
    print("added", name.get_value())
`;

/** The first program, once it is answered and waits for a click. */
async function answered(person) {
  await person.starts();
  await person.sees('call', /What is your name/);
  await person.answers('Ada');
  await person.seesOnStage(/Hello, Ada/);
}

/** The same with a panel open. */
const panel = (...names) => async (person) => {
  await answered(person);
  for (const name of names) await person.opens(name);
};

const SCENES = {
  empty: async () => undefined,
  call: async (person) => {
    await person.starts();
    await person.sees('call', /What is your name/);
  },
  timeline: panel('dock-timeline'),
  sequence: panel('dock-sequence'),
  variables: panel('dock-variables', 'side-snapshots'),
  events: panel('dock-events', 'side-functions'),
  examples: panel('side-examples'),
  files: panel('side-files'),
  palette: async (person) => {
    await answered(person);
    await person.opensPalette();
  },
  value: async (person) => {
    await person.writes('import time\n\nfor planet in ["Mercury", "Venus", "Earth"]:\n    print("Hello,", planet)\n    time.sleep(0.1)\n\n{"planets": 3}\n');
    await person.runs();
  },
  error: async (person) => {
    await person.writes('def share(cake, guests):\n    return cake / guests\n\nprint("Who is coming?")\nshare(1, 0)\n');
    await person.runs();
  },
  problem: async (person) => {
    await person.writes('planets = ["Mercury", "Venus", "Earth"]\nfor planet in planets\n    print(planet)\n\nlen(planets)\n');
    await person.seesProblem(/./);
    await person.presses('F8');
    await person.seesTooltip(/./);
  },
  stage: async (person) => {
    await person.writes(STAGE);
    await person.starts();
    await person.seesOnStage(/Add/);
    await person.typesOnStage('Paris');
    await person.clicksOnStage('Add');
    await person.seesOnStage(/Paris/);
  },
  card: async (person) => {
    await person.writes("name = prompt('Who are you?', 'Ada')\ntable = upload_file(accept='.csv')\nname, len(table)\n");
    await person.starts();
    await person.seesCard(/Who are you/);
    await person.pressesOnCard('OK');
    await person.seesCard(/asks for a file/);
  },
  limit: async (person) => {
    await person.setsLimit('Time limit', '300');
    await person.writes('print("Round and round")\nwhile True: pass\n');
    await person.runs();
  },
};

prepare('display', 'browser', 'camera', 'modules');
mkdirSync(out, { recursive: true });

const wanted = process.argv.slice(2).filter((name) => !(name in SCENES));
const chosen = process.argv.slice(2).filter((name) => name in SCENES);
const scenes = Object.entries(SCENES).filter(([name]) => chosen.length === 0 || chosen.includes(name));
if (wanted.length === 0 || wanted.includes('browser')) await shootBrowser();
if (wanted.length === 0 || wanted.includes('window')) await shootWindow();
say(`pictures are in ${out}`);
process.exit(0);

/** Panels read the record a moment after something happened. */
function settle() {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

/** The display as it is: WebKitGTK's own screenshots hang where nothing on the page moves. */
function photograph(file, [width, height]) {
  execFileSync('import', ['-window', 'root', '-crop', `${width}x${height}+0+0`, '+repage', file]);
}

async function shootBrowser() {
  buildWeb();
  const server = await preview({
    root: join(root, 'ui'),
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    preview: { host: '127.0.0.1', port: 4180 },
  });
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  for (const [name, scene] of scenes) {
    for (const theme of ['light', 'dark']) {
      for (const [width, height] of SIZES) {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
        const page = await context.newPage();
        await page.goto('http://127.0.0.1:4180/');
        await page.getByTestId('run').waitFor();
        await scene(inBrowser(page));
        await settle();
        await page.screenshot({ path: join(out, `browser-${name}-${theme}-${width}.png`) });
        await context.close();
      }
    }
  }
  await browser.close();
  await server.close();
}

async function shootWindow() {
  const env = buildDesktop();
  await withDisplay(async (display) => {
    Object.assign(process.env, display);
    for (const [name, scene] of scenes) {
      for (const [theme, size] of ['light', 'dark'].flatMap((theme) => SIZES.map((size) => [theme, size]))) {
        const window = await openApp(join(env.CARGO_TARGET_DIR, 'debug', 'monty-playground'));
        const { browser: driven } = window;
        await driven.setWindowRect(0, 0, ...size);
        await driven.execute((theme) => { document.documentElement.dataset.theme = theme; }, theme);
        await scene(atWindow(driven));
        await settle();
        photograph(join(out, `window-${name}-${theme}-${size[0]}.png`), size);
        await window.close();
      }
    }
  });
}
