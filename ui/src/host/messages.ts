// Commands as the engine's worker reads them, see docs/protocol.md. A value stays the text that it
// is: JavaScript would round a large int and drop the point of a float.

import type { EdgeNamed, EdgeResolution } from './types';

/** Somebody gave a text for a value that is no JSON. */
export class NotJson extends Error {
  readonly code: string;

  constructor(json: string, code: string, cause: unknown) {
    super(`${JSON.stringify(json)} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.code = code;
  }
}

type Field = string | number | boolean | null | undefined | Field[];

export function say(type: string, fields: Record<string, Field> = {}): string {
  return JSON.stringify({ id: 0, type, ...fields });
}

export function sayResume(json: string): string {
  return withRaw(say('resume'), { value: checked(json, 'badValue') });
}

/** A message with a value, which stays the text that it is. */
export function sayValue(type: string, json: string, fields: Record<string, Field> = {}): string {
  return withRaw(say(type, fields), { value: checked(json, 'badValue') });
}

/** Settings come as an object in JSON, whose fields are those of the message. */
export function saySettings(json: string): string {
  const settings = checked(json, 'badInput').trim();
  if (!settings.startsWith('{')) throw new NotJson(json, 'badInput', 'settings are an object');
  const fields = settings.slice(1, -1).trim();
  return fields === '' ? say('configure') : `${say('configure').slice(0, -1)},${fields}}`;
}

export function sayScript(code: string, inputs: EdgeNamed[], scriptName: string | null): string {
  const named = inputs.map(({ name, json }) => `${JSON.stringify(name)}:${checked(json, 'badInput')}`);
  return withRaw(say('resumeWithScript', { code, scriptName }), { inputs: `{${named.join()}}` });
}

export function sayFutures(answers: EdgeResolution[]): string {
  const results: string[] = [];
  const errors: string[] = [];
  for (const { callId, json, error } of answers) {
    if (json !== null) results.push(`"${callId}":${checked(json, 'badValue')}`);
    if (error !== null) {
      const raised = error.excType === null ? { message: error.message } : error;
      errors.push(`"${callId}":${JSON.stringify(raised)}`);
    }
  }
  return withRaw(say('resolveFutures'), { results: `{${results.join()}}`, errors: `{${errors.join()}}` });
}

/** Only what is JSON on its own may become a part of other JSON. */
function checked(json: string, code: string): string {
  try {
    JSON.parse(json);
    return json;
  } catch (cause) {
    throw new NotJson(json, code, cause);
  }
}

function withRaw(message: string, raw: Record<string, string>): string {
  const fields = Object.entries(raw).map(([name, json]) => `,${JSON.stringify(name)}:${json}`);
  return `${message.slice(0, -1)}${fields.join('')}}`;
}
