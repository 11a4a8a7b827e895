// Jest runs tests in a realm of their own, and the native runtime makes its arrays in Node's: `instanceof` would tell them apart.
import { runInThisContext } from 'node:vm';

for (const name of ['Float32Array', 'BigInt64Array']) globalThis[name] = runInThisContext(name);
