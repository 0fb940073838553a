import { NO_POLICY, type Policy } from './policy';

export const SAMPLE_NAME = 'main.py';

/** What the editor shows at the first start. */
export const SAMPLE = `# A host function is called by Python and answered from outside.
# Run this. It stops at ask(): you are the host, so answer it.
name = ask("What is your name?")

title = dom_create("h1")
dom_text(title, f"Hello, {name}!")
dom_append(dom_root(), title)

count = 0
button = dom_create("button")
dom_append(dom_root(), button)
while count < 3:
    dom_text(button, f"Clicked {count} times")
    # This call waits for a click on the stage.
    dom_on_click(button)
    count += 1
    print("click", count)

f"{name} clicked {count} times"
`;

export const SAMPLE_POLICY: Policy = {
  ...NO_POLICY,
  functions: [
    {
      name: 'ask',
      about: 'Asks a person, and gives what they say.',
      params: [{ name: 'question', type: 'string', default: null }],
      returns: 'string',
    },
  ],
};
