// The engine's worker, in one of two roles.
//
// As the engine it gives the engine the page's messages and posts its answers. The page may write
// before the engine is there, so messages wait until it is. Whatever goes wrong outside of the
// engine's own code is told to the page as a crash, in words: a module that cannot be loaded, a
// trap, an exhausted stack.
//
// As a hand, which is what an engine names the workers that it starts, it gets the engine's module
// by the first message and calls functions for heavy work from then on.

const isHand = self.name === 'wakeline-work';
const waiting = [];
let engine = null;

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
  } else if (engine !== null) {
    engine.fail(message);
  } else {
    tell(JSON.stringify({ type: 'crashed', run: 0, message }));
  }
};

const inWords = (error) => (error instanceof Error ? error.message : String(error));

self.addEventListener('error', (event) => fail(event.message));
self.addEventListener('unhandledrejection', (event) => fail(inWords(event.reason)));

const load = async () => {
  const { default: init, Engine } = await import('./engine.js');
  await init();
  engine = new Engine(tell);
  for (const message of waiting.splice(0)) {
    engine.receive(message);
  }
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
  self.addEventListener('message', (event) => {
    if (engine !== null) {
      engine.receive(event.data);
    } else {
      waiting.push(event.data);
    }
  });
  load().catch((error) => fail(inWords(error)));
}
