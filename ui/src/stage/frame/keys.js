// @ts-check

/**
 * What is pressed, in the spelling of the app's actions.
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'shiftKey'>} event
 * @param {boolean} mod
 */
export function pressedOf({ key, code, altKey, shiftKey }, mod) {
  // With Alt, a keyboard may write another sign than what stands on the key.
  const sign = altKey && /^(?:Key|Digit).$/.test(code) ? code.slice(-1) : key;
  const said = [mod ? 'Mod' : '', altKey ? 'Alt' : '', shiftKey ? 'Shift' : '', sign.length === 1 ? sign.toUpperCase() : sign];
  return said.filter((part) => part !== '').join('+');
}
