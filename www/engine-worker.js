// The engine's worker, in one of two roles.
//
// As the engine it gives the engine the page's messages and posts its answers. The page may write
// before the engine is there, so messages wait until it is. Whatever goes wrong outside of the
// engine's own code is told to the page as a crash, in words: a module that cannot be loaded, a
// trap, an exhausted stack.
//
// To the page there is one engine; here it is two modules. `engine` runs the demos of most
// chapters, `network` those of the network, for which it brings a simulated network along: it is
// loaded when the first of them is run. A run goes to the module of its demo, and stops the run of
// the other one, as a module does by itself. If that module cannot be had, because the page's server
// is gone, the run is refused and nothing else changes: the next run tries again.
//
// As a hand, which is what an engine names the workers that it starts, it gets the engine's module
// by the first message and calls functions for heavy work from then on.

const isHand = self.name === 'wakeline-work';

// The modules that are there, by name, and the one that has the run.
const modules = new Map();
let active = null;
let run = 0;

const tell = (text, buffer) => {
  if (buffer === undefined) {
    self.postMessage(text);
  } else {
    self.postMessage([text, buffer], [buffer]);
  }
};

const fail = (message) => {
  if (isHand) {
    self.postMessage(['broken', message]);
  } else if (active !== null) {
    active.fail(message);
  } else {
    tell(JSON.stringify({ type: 'crashed', run, message }));
  }
};

const inWords = (error) => (error instanceof Error ? error.message : String(error));

self.addEventListener('error', (event) => fail(event.message));
self.addEventListener('unhandledrejection', (event) => fail(inWords(event.reason)));

const open = async (name, loaded, first) => {
  const { default: init, Engine } = await loaded;
  await init();
  // The first thing that an engine says is that it is there.
  let post = (text) => {
    first(text);
    post = tell;
  };
  const engine = new Engine((text, buffer) => post(text, buffer));
  modules.set(name, engine);
  return engine;
};

const read = async (address) => (await fetch(address)).json();

// The demos of the network, as the page has to know them before their module is there.
let network = [];

const begin = async () => {
  const catalogue = read('./catalogue.json');
  const first = import('./engine.js');
  network = (await catalogue).filter((demo) => demo.chapter === 'network');
  active = await open('engine', first, (text) => {
    const ready = JSON.parse(text);
    ready.demos.push(...network);
    tell(JSON.stringify(ready));
  });
};

const second = './network.js';
let failures = 0;

// The module that a run belongs to.
const home = async (demo) => {
  const isNetwork = network.some(({ slug }) => slug === demo);
  const name = isNetwork ? 'network' : 'engine';
  const known = modules.get(name);
  if (known) return known;
  // A browser may remember that a module could not be loaded. To it, another query is another module.
  const address = failures === 0 ? second : `${second}?again=${failures}`;
  try {
    return await open(name, import(address), () => {});
  } catch (error) {
    failures += 1;
    throw error;
  }
};

const parse = (text) => {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // The engine says what is wrong with it.
  }
};

const receive = async (data) => {
  const message = parse(data);
  if (message.type === 'run') {
    let next;
    try {
      next = await home(message.demo);
    } catch (error) {
      const problem = { code: 'part-not-loaded', arguments: [['detail', inWords(error)]] };
      tell(JSON.stringify({ type: 'refused', run: message.run, problems: [problem] }));
      return;
    }
    if (next !== active) {
      active.receive(JSON.stringify({ type: 'stop', run }));
      active = next;
    }
    run = message.run;
  }
  active.receive(data);
};

const serve = async (module) => {
  const { default: init, serve_work: serveWork } = await import('./engine.js');
  await init({ module_or_path: module });
  serveWork();
};

if (isHand) {
  const begin = (event) => serve(event.data).catch((error) => fail(inWords(error)));
  self.addEventListener('message', begin, { once: true });
} else {
  // One message after the other, also while a module is on its way.
  let turn = begin();
  self.addEventListener('message', ({ data }) => {
    turn = turn.then(() => receive(data));
    turn.catch((error) => fail(inWords(error)));
  });
  turn.catch((error) => fail(inWords(error)));
}
