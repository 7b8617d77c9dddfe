// In node: `node node.mjs ROUNDS LARGEST FILTER`, or `node node.mjs parked SUBJECT TASKS`.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import init, * as bench from './bench.js';
import { measure, titles } from './harness.js';

const module = readFileSync(new URL('./bench_bg.wasm', import.meta.url));
await init({ module_or_path: module });

// A process is a fresh instance of the module.
const parked = (subject, tasks) => {
  const script = fileURLToPath(import.meta.url);
  const printed = execFileSync(process.execPath, [script, 'parked', subject, String(tasks)]);
  return JSON.parse(printed.toString());
};

const [first, second, third] = process.argv.slice(2);
if (first === 'parked') {
  console.log(JSON.stringify(Array.from(await bench.parked(second, Number(third)))));
} else {
  for (const title of titles(third ?? '')) {
    const options = { bench, parked, rounds: Number(first), largest: Number(second) };
    console.log(`${await measure(title, options)}\n`);
  }
}
