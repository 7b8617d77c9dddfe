// In a page. Whoever drives it calls `titles` and `measure`.

import init, * as bench from './bench.js';
import { measure, titles } from './harness.js';

// A worker is a fresh instance of the module.
const parked = (subject, tasks) =>
  new Promise((resolve, reject) => {
    const worker = new Worker('./memory.js', { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => reject(new Error(event.message ?? 'the worker does not load'));
    worker.postMessage([subject, tasks]);
  });

await init();
globalThis.titles = titles;
globalThis.measure = (title, rounds, largest) =>
  measure(title, { bench, parked, rounds, largest });
