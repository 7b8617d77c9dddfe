// An instance of the module that does nothing but park tasks once, in a worker of its own.

import init, { parked } from './bench.js';

self.onmessage = async ({ data: [subject, tasks] }) => {
  await init();
  self.postMessage(Array.from(await parked(subject, tasks)));
};
