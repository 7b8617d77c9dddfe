// Everybody in turns, and the tables that come of it: the same in a page and in node.

import { promises } from './promises.js';

// Wakeline first: the others are compared to it.
const SUBJECTS = [
  'wakeline',
  'wakeline, pump',
  'wakeline, recording',
  'wasm-bindgen-futures',
  'tokio LocalSet',
  'async-executor Local',
  'JavaScript promises',
];

// What one operation is, and the sizes.
const WORKLOADS = [
  ['spawn and finish', 'ns per task', [1_000, 100_000, 1_000_000]],
  ['spawn and join', 'ns per task', [1_000, 100_000, 1_000_000]],
  ['yield, one task', 'ns per yield', [100_000]],
  ['yield, a thousand tasks', 'ns per yield', [100_000]],
  ['wake, round two tasks', 'ns per wake', [100_000]],
];

const PARKED = 'bytes a parked task';
const PARKED_TASKS = 200_000;

// Operations of one sample, so that a clock with steps of 100 µs is no trouble.
const LEAST_OPERATIONS = 200_000;

// A browser translates a module once more, and better, while it runs.
const WARM_UPS = 2;

// The titles that a filter lets through. Each is measured by itself.
export const titles = (filter) =>
  [...WORKLOADS.map(([name]) => name), PARKED].filter((title) => title.includes(filter));

// Measures one title, and gives its table in Markdown.
//
// `bench` is the module; `parked(subject, tasks)` asks a fresh instance of it.
export const measure = async (title, { bench, parked, rounds, largest }) => {
  if (title === PARKED) {
    return parkedTable(parked);
  }
  const [name, operation, sizes] = WORKLOADS.find(([known]) => known === title);
  const columns = [];
  for (const size of sizes.filter((size) => size <= largest || sizes.length === 1)) {
    columns.push([size, await inTurns(bench, name, size, rounds)]);
  }
  return timesTable(name, operation, columns);
};

// The nanoseconds of each round, for each subject. Another one begins each round.
const inTurns = async (bench, name, size, rounds) => {
  const passes = Math.ceil(LEAST_OPERATIONS / size);
  const samples = new Map(SUBJECTS.map((subject) => [subject, []]));
  for (let round = -WARM_UPS; round < rounds; round += 1) {
    for (let turn = 0; turn < SUBJECTS.length; turn += 1) {
      const subject = SUBJECTS[(turn + round + WARM_UPS) % SUBJECTS.length];
      const milliseconds = subject === 'JavaScript promises'
        ? await promises(name, size, passes)
        : await bench.measure(name, subject, size, passes);
      // Garbage of this turn is not collected in the next, as far as that can be helped.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (round >= 0) {
        samples.get(subject).push((milliseconds * 1e6) / (size * passes));
      }
    }
  }
  return samples;
};

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

const timesTable = (name, operation, columns) => {
  const heads = columns.flatMap(([size]) => [`${grouped(size)}: min`, 'median', 'ratio']);
  const lines = [
    `**${name[0].toUpperCase()}${name.slice(1)}**, ${operation}`,
    '',
    `| | ${heads.join(' | ')} |`,
    `|---|${'---:|'.repeat(heads.length)}`,
  ];
  for (const subject of SUBJECTS) {
    const cells = columns.flatMap(([, samples]) => {
      const least = Math.min(...samples.get(subject));
      const ratio = least / Math.min(...samples.get(SUBJECTS[0]));
      return [least.toFixed(1), median(samples.get(subject)).toFixed(1), ratio.toFixed(2)];
    });
    lines.push(`| ${subject} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
};

const parkedTable = async (parked) => {
  const lines = [
    `**Bytes a parked task**, by the growth of the module's memory with ${grouped(PARKED_TASKS)} of them`,
    '',
    '| | in all | its future | beyond its future |',
    '|---|---:|---:|---:|',
  ];
  for (const subject of SUBJECTS.filter((name) => !/pump|recording|promises/.test(name))) {
    const [growth, future] = await parked(subject, PARKED_TASKS);
    const cells = [growth, future, growth - future].map((bytes) => bytes.toFixed(1));
    lines.push(`| ${subject} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
};
