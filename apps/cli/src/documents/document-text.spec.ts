import { describe, expect, it } from '@jest/globals';
import { anchorsOf, blockCommands, commandLines, linksOf, wordsOf } from './document-text.js';

const page = [
  '# First things: `a_b` and more',
  'Call `npx ratchet status --json`, or see [this](other.md#first-things) and [that](https://example.com).',
  '',
  '    LEVEL=1 npx ratchet review approve ID \\',
  '      --actor ann   # one of many',
  '```sh',
  '$ npx ratchet audit verify > out.txt',
  '[no](link.md)',
  '```',
].join('\n');

describe('documents', () => {
  it('give their commands, from blocks and from backticks, each in one line', () => {
    expect(commandLines(page, 'npx ratchet')).toEqual(['npx ratchet status --json', 'npx ratchet review approve ID --actor ann', 'npx ratchet audit verify > out.txt']);
  });

  it('give what a reader is to run, quotes of many lines with it, and nothing of other languages', () => {
    expect(blockCommands(page)).toEqual(['LEVEL=1 npx ratchet review approve ID --actor ann', 'npx ratchet audit verify > out.txt']);
    expect(blockCommands(["    curl http://x -d '{", '      "a": 1 }\'', '    npx ratchet status   # now', '```js', 'npm test', '```'].join('\n'))).toEqual([`curl http://x -d '{\n"a": 1 }'`, 'npx ratchet status']);
  });

  it('split a command as a shell does, without where its output goes', () => {
    expect(wordsOf(`npx ratchet erase --reason "asked by mail" --x 'a b' | head`)).toEqual(['npx', 'ratchet', 'erase', '--reason', 'asked by mail', '--x', 'a b']);
  });

  it('give their links within the project, none of code, and the anchors of headings', () => {
    expect(linksOf(page)).toEqual(['other.md#first-things']);
    expect(anchorsOf(page)).toEqual(['first-things-a_b-and-more']);
  });
});
