// Patches that no honest engine sends, straight to the frame. Nothing runs, loads, leaves or arrives.

import { expect, test, type Page } from '@playwright/test';

import { openStage, reset, stageOf, type Wild } from './harness';

const ELSEWHERE = 'http://127.0.0.1:4/stolen';
const SCRIPT = 'parent.postMessage("ran", "*"); document.title = "ran"';

const element = (tag: string, attributes: [string, string][] = [], more: Wild = {}): Wild => ({
  op: 'append', parent: 1, element: { handle: 50, tag, attributes, children: ['x'], ...more },
});
const tag = (name: string, ...attributes: [string, string][]) => [element(name, attributes)];
const style = (name: string, value: string) => [element('p', [], { styles: [[name, value]] }), { op: 'style', handle: 50, name, value }];

/** Each is refused. What stays on the stage must not have what `gone` selects. */
const REFUSED: [title: string, patches: Wild[], gone: string][] = [
  ['onclick', tag('b', ['onclick', SCRIPT]), '[onclick]'],
  ['onclick in capitals', tag('b', ['OnClick', SCRIPT]), '[onclick]'],
  ['onerror of an image', tag('img', ['src', 'data:image/png;base64,AAAA'], ['onerror', SCRIPT]), '[onerror]'],
  ['onfocus and autofocus', tag('input', ['onfocus', SCRIPT], ['autofocus', '']), '[onfocus], [autofocus]'],
  ['ontoggle, later', [element('details'), { op: 'attribute', handle: 50, name: 'ontoggle', value: SCRIPT }], '[ontoggle]'],
  ['a javascript link', tag('a', ['href', `javascript:${SCRIPT}`]), '[href]'],
  ['a javascript link with white space', tag('a', ['href', ` java\tscript:${SCRIPT}`]), '[href]'],
  ['a data link', tag('a', ['href', 'data:text/html,<script>parent.postMessage("ran","*")</script>']), '[href]'],
  ['a link into another window', tag('a', ['href', ELSEWHERE], ['target', '_top']), '[target]'],
  ['a link that pings', tag('a', ['href', ELSEWHERE], ['ping', ELSEWHERE]), '[ping]'],
  ['a link that downloads', tag('a', ['href', ELSEWHERE], ['download', 'x']), '[download]'],
  ['a javascript source', tag('img', ['src', `javascript:${SCRIPT}`]), '[src]'],
  ['a javascript action', tag('form', ['action', `javascript:${SCRIPT}`]), '[action]'],
  ['an action of a button', tag('button', ['formaction', `javascript:${SCRIPT}`]), '[formaction]'],
  ['srcdoc', tag('div', ['srcdoc', `<script>${SCRIPT}</script>`]), '[srcdoc]'],
  ['a style attribute', tag('div', ['style', `background: url(${ELSEWHERE})`]), '[style]'],
  ...['script', 'iframe', 'frame', 'object', 'embed', 'link', 'meta', 'base', 'style', 'template', 'portal', 'applet', 'audio', 'video', 'source', 'canvas', 'x-custom', 'html', 'body', 'head', 'noscript'].map(
    (name): [string, Wild[], string] => [
      `<${name}>`,
      tag(name, ['src', ELSEWHERE], ['href', ELSEWHERE], ['data', ELSEWHERE], ['srcdoc', SCRIPT], ['http-equiv', 'refresh'], ['content', `0;url=${ELSEWHERE}`]),
      `body ${name}`,
    ],
  ),
  ...['animate', 'set', 'animateTransform', 'use', 'foreignObject', 'image', 'script', 'a', 'style', 'filter', 'feImage'].map((name): [string, Wild[], string] => [
    `<${name}> in svg`,
    [element('svg', [], { children: [{ handle: 51, tag: name, attributes: [['href', `javascript:${SCRIPT}`], ['xlink:href', ELSEWHERE], ['onbegin', SCRIPT], ['to', ELSEWHERE], ['attributeName', 'href']] }] })],
    name === 'a' ? '[href]' : `svg ${name}`,
  ]),
  ['an svg that loads by fill', tag('rect', ['fill', `url(${ELSEWHERE}#a)`]), '[fill]'],
  ['a remote image', tag('img', ['src', ELSEWHERE]), '[src]'],
  ['a remote image set', tag('img', ['srcset', `${ELSEWHERE} 2x`]), '[srcset]'],
  ['an svg image with script', tag('img', ['src', `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="${SCRIPT}"/>`]), '[src]'],
  ['an old background', tag('table', ['background', ELSEWHERE]), '[background]'],
  ['an image as an input', tag('input', ['type', 'image'], ['src', ELSEWHERE]), '[src], [type]'],
  ['a file input', tag('input', ['type', 'file']), '[type]'],
  ['a css url', style('background', `url(${ELSEWHERE})`), '[style*=url]'],
  ['a css url in capitals', style('background-image', `URL( "${ELSEWHERE}" )`), '[style*=stolen]'],
  ['a css url with an escape', style('background', `\\75rl(${ELSEWHERE})`), '[style*=stolen]'],
  ['a css image set', style('background', `-webkit-image-set("${ELSEWHERE}" 1x)`), '[style*=stolen]'],
  ['a css url in a variable', style('--image', `url(${ELSEWHERE})`), '[style*=stolen]'],
  ['a css url in a cursor', style('cursor', `url(${ELSEWHERE}), auto`), '[style*=stolen]'],
  ['a css name that is more', style('color: red; background', `red`), '[style]'],
  ['__proto__ as an attribute', tag('b', ['__proto__', SCRIPT]), '[__proto__]'],
  ['constructor as an attribute', tag('b', ['constructor', SCRIPT]), '[constructor]'],
  ['__proto__ as a style', style('__proto__', 'red'), '[style]'],
  ['the name of an image', tag('img', ['name', 'createElement']), '[name]'],
  ['the name of a form', tag('form', ['name', 'body']), '[name]'],
];

/** No patch at all, or one of an element that is not there. */
const NONSENSE: [title: string, patches: unknown[]][] = [
  ['a text', ['reset']],
  ['a number', [7]],
  ['a list', [[]]],
  ['no kind', [{}]],
  ['__proto__ as the kind', [{ op: '__proto__', handle: 1 }]],
  ['constructor as the kind', [{ op: 'constructor', handle: 1 }]],
  ['__proto__ as the handle', [{ op: 'remove', handle: '__proto__' }]],
  ['constructor as the handle', [{ op: 'attribute', handle: 'constructor', name: 'id', value: 'x' }]],
  ['a handle that is not there', [{ op: 'children', handle: 99, children: [] }]],
  ['a handle that is no number', [{ op: 'append', parent: { valueOf: 1 }, element: {} }]],
  ['a fraction as the handle', [{ op: 'append', parent: 1, element: { handle: 1.5, tag: 'b' } }]],
  ['an element that is none', [{ op: 'append', parent: 1, element: 'b' }]],
  ['an element without a tag', [{ op: 'append', parent: 1, element: { handle: 5 } }]],
  ['__proto__ as the tag', [{ op: 'append', parent: 1, element: { handle: 5, tag: '__proto__' } }]],
  ['an attribute that is none', [{ op: 'attribute', handle: 1, name: 3, value: 'x' }]],
  ['attributes that are none', [{ op: 'append', parent: 1, element: { handle: 5, tag: 'b', attributes: [3, null, ['id']] } }]],
  ['a value of what has none', [{ op: 'value', handle: 1, value: 'x' }]],
  ['a value that is none', [{ op: 'value', handle: 1, value: {} }]],
  ['the root into itself', [{ op: 'append', parent: 1, element: { handle: 1, tag: 'div' } }]],
];

test.describe('hostile patches', () => {
  let requests: string[] = [];
  let page: Page;

  test.beforeAll(async ({ browser, baseURL }) => {
    page = await browser.newPage({ baseURL });
    await page.addInitScript(() => addEventListener('message', ({ data }) => ((globalThis as { ran?: unknown }).ran = data)));
    page.on('dialog', () => requests.push('a dialog'));
    page.on('popup', () => requests.push('a window'));
    await openStage(page);
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url());
    });
    page.on('framenavigated', (frame) => requests.push(`navigated to ${frame.url()}`));
  });
  test.afterAll(() => page.close());
  test.beforeEach(() => void (requests = []));

  for (const [title, patches, gone] of REFUSED) {
    test(title, async () => {
      const { frame, paint, refused } = await openAgain(page);
      await paint(...patches);
      expect((await refused()).count).toBeGreaterThan(0);
      await expect(frame.locator('#still ~ *').locator(`xpath=descendant-or-self::*`).and(frame.locator(gone))).toHaveCount(0);
      await poke(page);
      await stillWell(page);
    });
  }

  for (const [title, patches] of NONSENSE) {
    test(`${title} is no patch`, async () => {
      const { refused } = await openAgain(page);
      await page.evaluate((given) => globalThis.harness.paint(given as never), patches);
      const { count, why } = await refused();
      expect(count).toBeGreaterThan(0);
      expect(why).not.toMatch(/Error/);
      if (title !== 'the root into itself') await stillWell(page);
      expect(await page.evaluate(() => ({}) instanceof Object && Object.keys(Object.prototype))).toEqual([]);
    });
  }

  /** The same page, with a stage that begins anew. */
  async function openAgain(on: Page) {
    const stage = stageOf(on);
    await stage.paint(reset({ handle: 2, tag: 'p', attributes: [['id', 'still']], children: ['still here'] }));
    await stage.told();
    return stage;
  }

  /** What a person could do with what is there. */
  async function poke(on: Page) {
    const left = on.frameLocator('iframe').locator('#still ~ *');
    if ((await left.count()) === 0) return;
    const box = await left.first().boundingBox();
    if (!box) return;
    const [x, y] = [box.x + 4, box.y + box.height / 2];
    await on.mouse.click(x, y);
    await on.mouse.click(x, y, { button: 'middle' });
    await on.keyboard.press('Enter');
  }

  async function stillWell(on: Page) {
    await expect(on.frameLocator('iframe').locator('#still')).toHaveText('still here');
    expect(await on.evaluate(() => (globalThis as { ran?: unknown }).ran)).toBeUndefined();
    // A middle click pastes on some systems, so a field may tell of that.
    expect(await on.evaluate(() => globalThis.harness.log.filter((each) => !/focus|blur|input|change/.test(JSON.stringify(each))))).toEqual([]);
    expect(await on.frames()[1]?.title()).toBe('Stage');
    await expect(on).toHaveTitle('Stage harness');
    expect(on.frames()).toHaveLength(2);
    expect(on.context().pages()).toHaveLength(1);
    expect(requests).toEqual([]);
  }

  test('names that cover what a form can do', async () => {
    const { frame, paint, refused } = await openAgain(page);
    const names = ['setAttribute', 'removeAttribute', 'style', 'append', 'replaceChildren', 'remove', 'parentNode', 'firstChild', 'localName', 'isConnected', 'focus', 'elements', 'reportValidity', 'contains'];
    const inputs = names.map((name, index) => ({ handle: 100 + index, tag: 'input', attributes: [['name', name], ['id', name]] }));
    await paint(
      element('form', [], { listens: ['submit'], children: [...inputs, { handle: 99, tag: 'button', children: ['Send'] }] }),
      { op: 'attribute', handle: 50, name: 'title', value: 'works' },
      { op: 'style', handle: 50, name: 'color', value: 'rgb(1, 2, 3)' },
      { op: 'append', parent: 50, element: { handle: 98, tag: 'b', children: ['last'] } },
    );
    await expect(frame.locator('form')).toHaveAttribute('title', 'works');
    await expect(frame.locator('form')).toHaveCSS('color', 'rgb(1, 2, 3)');
    await expect(frame.locator('form b')).toHaveText('last');
    // Playwright's own click falls for these names.
    const box = await frame.getByRole('button').boundingBox();
    await page.mouse.click((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
    expect(await page.evaluate(() => globalThis.harness.log.at(-1))).toEqual({ handle: 50, eventType: 'submit', value: null });
    await paint({ op: 'children', handle: 50, children: ['empty'] }, { op: 'remove', handle: 50 });
    await expect(frame.locator('form')).toHaveCount(0);
    expect(await refused()).toEqual({ count: 0, why: '' });
  });

  test('a link that is allowed leads nowhere, however it is pressed', async () => {
    const { frame, paint } = await openAgain(page);
    await paint(element('a', [['href', ELSEWHERE]]));
    const link = frame.getByRole('link');
    await link.click();
    await link.click({ modifiers: ['ControlOrMeta'] });
    await link.click({ modifiers: ['Shift'] });
    await link.click({ button: 'middle' });
    await link.press('Enter');
    await link.dragTo(frame.locator('#still'));
    await stillWell(page);
  });

  test('nesting without end is refused, and the frame lives', async () => {
    const { paint, refused } = await openAgain(page);
    // The second cannot even be copied into the frame.
    for (const depth of [600, 5000]) {
      const deep = Array.from({ length: depth }, (_, index) => `{"handle":${1000 + index},"tag":"div","children":[`).join('') + ']}'.repeat(depth);
      await page.evaluate((text) => {
        const patches = JSON.parse(text);
        return globalThis.harness.paint([...patches, { op: 'style', handle: 1, name: 'color', value: null }]);
      }, `[{"op":"append","parent":1,"element":${deep}}]`);
      expect((await refused()).why).toContain('nested');
    }
    let parent = 1;
    const patches = Array.from({ length: 400 }, (_, index) => ({ op: 'append', parent: index === 0 ? 1 : parent, element: { handle: (parent = 6000 + index), tag: 'div' } }));
    await paint(...patches);
    expect((await refused()).count).toBeGreaterThan(100);
    await stillWell(page);
  });

  test('nobody else is heard: not by the page, not by the frame', async () => {
    const { frame, paint, told } = await openAgain(page);
    await paint(element('b'));
    const spoof = { type: 'event', handle: 1, eventType: 'click', value: null };
    // From the page itself, from the stage's frame past its port, and from another frame.
    await page.evaluate((message) => postMessage(message, '*'), spoof);
    await page.frames()[1]?.evaluate((message) => parent.postMessage(message, '*'), spoof);
    await page.evaluate(async (message) => {
      const other = document.createElement('iframe');
      document.body.append(other);
      const evil = other.contentWindow as (Window & typeof globalThis) | null;
      const stage = document.querySelector<HTMLIFrameElement>('iframe')?.contentWindow;
      evil?.parent.postMessage(message, '*');
      const { port1, port2 } = new MessageChannel();
      stage?.postMessage('stage', '*', [port2]);
      port1.postMessage({ type: 'patches', seq: 1, patches: [{ op: 'remove', handle: 2 }] });
      await new Promise((resolve) => setTimeout(resolve, 300));
      other.remove();
    }, spoof);
    expect(await told()).toEqual([]);
    await expect(frame.locator('#still')).toHaveText('still here');
    await page.evaluate(() => delete (globalThis as { ran?: unknown }).ran);
  });

  test('the frame cannot open a window, go elsewhere, or take the page with it', async () => {
    const stage = page.frames()[1];
    const said = await stage?.evaluate((url) => {
      const tries: Record<string, () => unknown> = {
        open: () => window.open(url),
        top: () => ((top as Window).location.href = url),
        alert: () => alert('x'),
        worker: () => new Worker(url),
        html: () => (document.body.innerHTML = '<img src=x onerror=alert(1)>'),
      };
      return Object.entries(tries).map(([name, act]) => {
        try {
          return [name, act() ?? 'nothing'];
        } catch (error) {
          return [name, error instanceof Error ? error.name : 'error'];
        }
      });
    }, ELSEWHERE);
    expect(said).toEqual([['open', 'nothing'], ['top', 'SecurityError'], ['alert', 'nothing'], ['worker', 'TypeError'], ['html', 'TypeError']]);
    expect(requests).toEqual([]);
  });
});
