import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { packagesIn, recipesIn } from './recipes.js';

const page = readFileSync(fileURLToPath(new URL('../../../../docs/operating/connect.md', import.meta.url)), 'utf8');

describe('the recipes of a page', () => {
  it('are its marked snippets, and the packages are what it says to install', () => {
    const text = 'Do `pip install a b`\n\n<!-- recipe: one -->\n```python\nprint(1)\n```\n\n```js\nnot(this)\n```\n`npm install @c/d`\n<!-- recipe: two -->\n```js\nlog(2)\n\nlog(3)\n```\n';
    expect(recipesIn(text)).toEqual([{ name: 'one', language: 'python', code: 'print(1)' }, { name: 'two', language: 'js', code: 'log(2)\n\nlog(3)' }]);
    expect(packagesIn(text)).toEqual({ pip: ['a', 'b'], npm: ['@c/d'] });
  });

  it('are in the page about connecting, each with a conversation of its own', () => {
    const recipes = recipesIn(page);
    expect(recipes.map(({ name }) => name)).toEqual(['openai-python', 'openai-node', 'litellm', 'langchain-python', 'langchain-node', 'opentelemetry', 'openinference', 'openllmetry']);
    for (const { name, code } of recipes) expect(code).toMatch(new RegExp(`["']${name}["']`, 'u'));
  });
});
