import { describe, expect, it } from 'vitest';
import { NotJson, say, sayFutures, sayResume, sayScript } from './messages';

describe('messages', () => {
  it('leave out what is not given', () => {
    expect(say('snapshot', { at: null })).toBe('{"id":0,"type":"snapshot","at":null}');
    expect(say('record', { limit: undefined })).toBe('{"id":0,"type":"record"}');
  });

  it('keep the text of a value', () => {
    expect(sayResume('12345678901234567890')).toBe('{"id":0,"type":"resume","value":12345678901234567890}');
    expect(sayResume(' 5.0 ')).toContain('"value": 5.0 ');
  });

  it.each(['', '{', '1, "type": "cancel"', '1}', 'undefined'])('take no %j for a value', (json) => {
    expect(() => sayResume(json)).toThrow(NotJson);
    expect(() => sayScript('x', [{ name: 'x', json }], null)).toThrow(NotJson);
    expect(() => sayFutures([{ callId: 0, json, error: null }])).toThrow(NotJson);
  });

  it('quote names', () => {
    const message = sayScript('a', [{ name: '"', json: '[1]' }], 'f.py');
    expect(JSON.parse(message)).toEqual({ id: 0, type: 'resumeWithScript', code: 'a', scriptName: 'f.py', inputs: { '"': [1] } });
  });

  it('sort answers by whether they are errors, and keep one that is given twice', () => {
    const message = sayFutures([
      { callId: 1, json: '1', error: null },
      { callId: 1, json: '2', error: null },
      { callId: 2, json: null, error: { excType: null, message: 'm' } },
      { callId: 3, json: null, error: { excType: 'KeyError', message: 'k' } },
    ]);
    expect(message).toContain('"results":{"1":1,"1":2}');
    expect(JSON.parse(message)).toMatchObject({ errors: { 2: { message: 'm' }, 3: { excType: 'KeyError', message: 'k' } } });
  });
});
