import { describe, expect, it } from 'vitest';
import { FakeHost } from '../testing/fakeHost';
import { AsideSession } from './aside';

describe('a session for questions', () => {
  it('is given up once, although two questions find it lost', async () => {
    const host = new FakeHost();
    const aside = new AsideSession(host);
    const lose: ((cause: Error) => void)[] = [];
    host.ondiagnose = () => new Promise((_, reject) => lose.push(reject));
    const first = aside.ask((session) => session.diagnose('a')).catch(String);
    const second = aside.ask((session) => session.diagnose('b')).catch(String);
    await Promise.resolve();
    await Promise.resolve();
    lose[0]?.(new Error('gone'));
    expect(await first).toBe('Error: gone');
    host.ondiagnose = async () => ({ state: 'diagnostics', diagnostics: [] });
    await aside.ask((session) => session.diagnose('c'));
    lose[1]?.(new Error('gone'));
    expect(await second).toBe('Error: gone');
    await aside.ask((session) => session.diagnose('d'));
    expect([host.opened, host.closed]).toEqual([2, 1]);
  });

  it('is opened anew where it could not be opened', async () => {
    const host = new FakeHost();
    const aside = new AsideSession(host);
    host.gate = Promise.reject(new Error('no engine'));
    await expect(aside.ask((session) => session.diagnose('a'))).rejects.toThrow('no engine');
    host.gate = Promise.resolve();
    expect(await aside.ask((session) => session.diagnose('a'))).toMatchObject({ state: 'diagnostics' });
  });
});
