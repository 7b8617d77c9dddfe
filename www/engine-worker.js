// The engine's worker: loads the engine, gives it the page's messages, posts its answers.
//
// The page may write before the engine is there, so messages wait until it is. Whatever goes
// wrong outside of the engine's own code is told to the page as a crash, in words: a module that
// cannot be loaded, a trap, an exhausted stack.

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
  if (engine !== null) {
    engine.fail(message);
  } else {
    tell(JSON.stringify({ type: 'crashed', run: 0, message }));
  }
};

const inWords = (error) => (error instanceof Error ? error.message : String(error));

self.addEventListener('message', (event) => {
  if (engine !== null) {
    engine.receive(event.data);
  } else {
    waiting.push(event.data);
  }
});

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

load().catch((error) => fail(inWords(error)));
