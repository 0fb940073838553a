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

const COUNTER = `import dom
times = 0
told = dom.create('p')
add = dom.create('button')
add.set_text('Add')
dom.root().append(told)
dom.root().append(add)
told.set_text('0 times')
while times < 2:
    add.on_click()
    times += 1
    told.set_text(f'{times} times')
told.get_text()`;

const FORM = `name = dom_create('input')
dom_attr(name, 'aria-label', 'Name')
button = dom_create('button')
dom_text(button, 'Greet')
for h in [name, button]:
    dom_append(dom_root(), h)
dom_on_click(button)
out = dom_create('p')
dom_text(out, 'Hello, ' + dom_get_value(name))
dom_append(dom_root(), out)
dom_get_text(out)`;

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

  'a program stands still until somebody presses a button on the stage': async (person) => {
    await person.writes(COUNTER);
    await person.starts();
    await person.seesOnStage(/0 times/);
    await person.seesStatus('Running');
    await person.clicksOnStage('Add');
    await person.seesOnStage(/1 times/);
    await person.clicksOnStage('Add');
    await person.sees('result', /'2 times'/);
    await andTheNextRunWorks(person);
  },

  'what somebody types on the stage is there for Python': async (person) => {
    await person.writes(FORM);
    await person.starts();
    await person.seesOnStage(/Greet/);
    await person.typesOnStage('Ada');
    await person.clicksOnStage('Greet');
    await person.sees('result', /'Hello, Ada'/);
    await person.seesOnStage(/Hello, Ada/);
    await andTheNextRunWorks(person);
  },

  'Stop brings back the stage that was there before': async (person) => {
    await person.writes("import dom\nbefore = dom.create('p')\nbefore.set_text('before')\ndom.root().append(before)");
    await person.runs();
    await person.seesOnStage(/before/);
    await person.writes("import dom\nnow = dom.create('button')\nnow.set_text('now')\ndom.root().append(now)\nnow.on_click()");
    await person.starts();
    await person.seesOnStage(/now/);
    await person.stops();
    await person.seesStatus('Stopped');
    await person.seesOnStage(/before/);
    await andTheNextRunWorks(person);
  },

  'a program asks, and somebody answers': async (person) => {
    await person.writes("name = prompt('Who are you?', 'Ada')\nsure = confirm(f'Really {name}?')\nname, sure");
    await person.starts();
    await person.seesCard(/Who are you/);
    await person.pressesOnCard('OK');
    await person.seesCard(/Really Ada/);
    await person.pressesOnCard('Cancel');
    await person.sees('result', /\('Ada', False\)/);
    await andTheNextRunWorks(person);
  },

  'a file that nobody gives is None': async (person) => {
    await person.writes('upload_file()');
    await person.starts();
    await person.seesCard(/asks for a file/);
    await person.pressesOnCard('Cancel');
    await person.seesStatus('Ready');
    await andTheNextRunWorks(person);
  },

  'what a program stores is there for the next one': async (person) => {
    await person.writes("storage_set('times', (storage_get('times') or 0) + 1)\nstorage_get('times')");
    await person.runs();
    const first = Number(await person.reads('result'));
    await person.runs();
    assert.equal(Number(await person.reads('result')), first + 1);
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
