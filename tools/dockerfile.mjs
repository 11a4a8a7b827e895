// Reads a Dockerfile as far as ours goes: stages with their instructions, continued lines joined, comments left out.
import { readFileSync } from 'node:fs';

const joined = (text) => text.split('\n').filter((line) => !/^\s*#/.test(line)).join('\n').replaceAll(/\\\n\s*/g, '');

/** Stages in their order: `{ name, from, instructions: [{ keyword, rest }] }`. */
export const readDockerfile = (path) => {
  const stages = [];
  for (const line of joined(readFileSync(path, 'utf8')).split('\n')) {
    const [, keyword, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (keyword === 'FROM') {
      const [, from, name = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest);
      stages.push({ name, from, instructions: [] });
    } else if (keyword) stages.at(-1).instructions.push({ keyword, rest });
  }
  return stages;
};

/** All that the stage says under a keyword. */
export const ofKeyword = ({ instructions }, keyword) => instructions.filter((one) => one.keyword === keyword).map(({ rest }) => rest);
