// A person in front of the window: real keys and clicks through WebDriver.

import assert from 'node:assert/strict';

const PATIENCE = { timeout: 30_000, interval: 20 };
const KEYS = { Escape: '\uE00C', Enter: '\uE007', Delete: '\uE017', Control: '\uE009', F8: '\uE038' };

export function person(browser) {
  const part = (name) => browser.$(`[data-testid="${name}"]`);
  const text = async (name) => ((await part(name).isExisting()) ? part(name).getText() : '');
  /** What only screen readers are told. */
  const hidden = (name) => browser.execute((name) => document.querySelector(`[data-testid="${name}"]`).textContent, name);
  const joined = async (selector) => (await browser.$$(selector).map((mark) => mark.getText())).join('');
  const until = (what, holds) => browser.waitUntil(holds, { ...PATIENCE, timeoutMsg: `never saw ${what}` });
  // One key after the other: pressed together, the second of two equal ones is lost.
  const press = async (keys) => {
    for (const key of keys) await browser.keys(key);
  };
  /** Does something inside the frame. */
  const onStage = async (act) => {
    await browser.switchFrame(browser.$('iframe[title^="Stage"]'));
    try {
      return await act();
    } finally {
      await browser.switchFrame(null);
    }
  };
  const clear = async () => {
    await browser.$('[aria-label="Program"]').click();
    await browser.keys([KEYS.Control, 'a']);
    await browser.keys(KEYS.Delete);
  };
  return {
    async types(line) {
      await clear();
      await press(line);
    },
    /** Pastes: WebDriver's keys would be indented by the editor. */
    async writes(code) {
      await clear();
      await browser.execute((code) => {
        const data = new DataTransfer();
        data.setData('text/plain', code);
        const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector('[aria-label="Program"]').dispatchEvent(paste);
      }, code);
    },
    async starts() {
      await browser.keys([KEYS.Control, KEYS.Enter]);
    },
    async runs() {
      await part('run').click();
      await until('the end of the run', async () => (await text('run')).includes('Run'));
    },
    async stops() {
      await part('run').click();
    },
    presses: (key) => browser.keys(KEYS[key]),
    opensPalette: () => browser.keys([KEYS.Control, 'k']),
    async setsLimit(label, value) {
      const field = browser.$(`//label[contains(., "${label}")]//input | //input[@id=//label[contains(., "${label}")]/@for]`);
      await field.click();
      await browser.keys([KEYS.Control, 'a']);
      await press(value);
    },
    sees: (name, words) => until(`${words} in ${name}`, async () => words.test(await text(name))),
    seesStatus: (word) => until(`the status ${word}`, async () => (await text('status')).includes(word)),
    async reads(name) {
      assert.ok(await part(name).isExisting(), `there is no ${name}`);
      return part(name).getText();
    },
    seesProblem: (words) =>
      until(`the problem ${words}`, async () => words.test(await hidden('problems')) && (await browser.$('.cm-lint-marker').isDisplayed())),
    seesNoProblem: () =>
      until('an end of the problem', async () => {
        return (await hidden('problems')) === '' && !(await browser.$('.cm-lintRange, .cm-lint-marker').isExisting());
      }),
    seesTooltip: (words) =>
      until(`the tooltip ${words}`, async () => {
        const tooltip = browser.$('.cm-tooltip-lint');
        return (await tooltip.isExisting()) && words.test(await tooltip.getText());
      }),
    seesOnStage: (words) => until(`${words} on the stage`, () => onStage(async () => words.test(await browser.$('body').getText()))),
    clicksOnStage: (name) => onStage(() => browser.$(`button=${name}`).click()),
    typesOnStage: (text) => onStage(async () => {
      await browser.$('input').click();
      await press(text);
    }),
    opens: (name) => part(name).click(),
    /** Answers the call that waits with a text. */
    async answers(text) {
      await part('call').$('textarea').setValue(text);
      await browser.keys([KEYS.Control, KEYS.Enter]);
    },
    seesCard: (words) => until(`${words} on a card`, async () => words.test(await text('asks'))),
    pressesOnCard: (name) => part('asks').$(`button=${name}`).click(),
    readsUnderlinedText: () => joined('.cm-lintRange'),
    readsMarkedText: () => joined('.cm-errorRange'),
  };
}
