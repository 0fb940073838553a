// What a person does, told once and done in both hosts: the real window and a real browser.
// `person` is what a person can do: see tests/e2e/person.mjs and tests/desktop/person.mjs.

import assert from 'node:assert/strict';

const LOOP = 'while True: pass';

/** Takes for ever before a line of it could run. */
const DEPTHS = [...Array(22).keys()];
export const ENDLESS = [...DEPTHS.map((depth) => `${' '.repeat(depth)}def f${depth}():`), `${' '.repeat(22)}pass`].join('\n');

/** Every scenario ends with a run that works, in the session that it has used. */
async function andTheNextRunWorks(person) {
  await person.writes("print('again'); 6 * 7");
  await person.runs();
  assert.equal(await person.reads('result'), '42');
  assert.match(await person.reads('console'), /again/);
}

export const scenarios = {
  'a program is typed and run': async (person) => {
    await person.types("print('hello', 1 + 1)");
    await person.runs();
    assert.match(await person.reads('console'), /hello 2/);
    await person.seesStatus('Ready');
    await andTheNextRunWorks(person);
  },

  'prints arrive before the end': async (person) => {
    await person.writes("import time\nprint('first')\ntime.sleep(1.5)\nprint('second')\n'done'");
    await person.starts();
    await person.sees('console', /first/);
    await person.seesStatus('Running');
    assert.doesNotMatch(await person.reads('console'), /second/);
    await person.sees('result', /'done'/);
    assert.match(await person.reads('console'), /second/);
    await andTheNextRunWorks(person);
  },

  'an endless loop is stopped': async (person) => {
    await person.writes(`print('on')\n${LOOP}`);
    await person.starts();
    await person.sees('console', /on/);
    const began = Date.now();
    await person.stops();
    await person.seesStatus('Stopped');
    assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`);
    await person.sees('stopped', /the run was stopped/);
    await andTheNextRunWorks(person);
  },

  'a sleeping program is stopped by a key': async (person) => {
    await person.writes("import time\nprint('on')\ntime.sleep(60)");
    await person.starts();
    await person.sees('console', /on/);
    await person.presses('Escape');
    await person.seesStatus('Stopped');
    await andTheNextRunWorks(person);
  },

  'the memory limit is hit': async (person) => {
    await person.setsLimit('Memory limit', '32');
    await person.writes("a = []\nwhile True: a.append('x' * 1000)");
    await person.runs();
    await person.seesStatus('Limit');
    assert.match(await person.reads('error'), /memory limit/i);
    await person.setsLimit('Memory limit', '512');
    await andTheNextRunWorks(person);
  },

  'the time limit is hit': async (person) => {
    await person.setsLimit('Time limit', '300');
    await person.writes(LOOP);
    await person.runs();
    await person.seesStatus('Limit');
    assert.match(await person.reads('error'), /300 ms/);
    await person.setsLimit('Time limit', '10000');
    await andTheNextRunWorks(person);
  },

  'the interpreter breaks down': async (person) => {
    await person.writes('class C: pass\n[C, C()]');
    await person.runs();
    await person.seesStatus('Crash');
    assert.match(await person.reads('error'), /class together with an instance/);
    await andTheNextRunWorks(person);
  },

  'an error marks its line': async (person) => {
    await person.writes("a = 1\nb = 'ä𝄞' and a / 0\n");
    await person.runs();
    await person.seesStatus('Error');
    assert.match(await person.reads('error'), /ZeroDivisionError/);
    assert.equal(await person.readsMarkedText(), 'a / 0');
    await andTheNextRunWorks(person);
  },

  'a mistake is marked while it is typed': async (person) => {
    await person.types('x = = 1');
    await person.seesProblem(/Line 1, column 5: SyntaxError: Expected an expression/);
    assert.equal(await person.readsUnderlinedText(), '=');
    await person.seesStatus('Ready');
    await person.presses('F8');
    await person.seesTooltip(/Expected an expression/);
    await person.types('x = 1');
    await person.seesNoProblem();
    await andTheNextRunWorks(person);
  },

  'a mistake is marked to the character': async (person) => {
    await person.writes("first = 1\ns = '🐍𝄞é'; t = 1 2\n");
    await person.seesProblem(/Line 2, column 18/);
    assert.equal(await person.readsUnderlinedText(), '2');
    await person.writes("first = 1\ns = '🐍𝄞é'; t = 1, 2\n");
    await person.seesNoProblem();
    await andTheNextRunWorks(person);
  },

  'a source that never compiles delays nobody for long': async (person) => {
    await person.writes(ENDLESS);
    // Somebody has to have been asked about it.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await andTheNextRunWorks(person);
    await person.writes('x = = 1');
    await person.seesProblem(/Expected an expression/);
    await andTheNextRunWorks(person);
  },

  'a flood of lines leaves the page alive': async (person) => {
    await person.setsLimit('Time limit', '60000');
    await person.writes("for i in range(300_000): print('line', i)\n'end'");
    await person.starts();
    await person.seesStatus('Running');
    await person.types('x = 1');
    await person.sees('result', /'end'/);
    assert.match(await person.reads('console'), /line 299999/);
    await person.setsLimit('Time limit', '10000');
    await andTheNextRunWorks(person);
  },
};
