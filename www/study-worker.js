// The study's worker: loads the module that studies whole logs, gives it logs, posts its answers.
//
// The page may write before the module is there, so messages wait until it is. A question is
// always answered: if the module cannot be loaded or fails, with that problem.

// The words of a picture, by language.
const words = {
  en: ["./translations/en/findings.json", "./translations/en/events.json"],
  'zh-Hans': ["./translations/zh/findings.json", "./translations/zh/events.json"],
};

const waiting = [];
let study = null;
let failure = null;

const inWords = (error) => (error instanceof Error ? error.message : String(error));

const problem = (reason) => ({ problem: { key: 'problem.study-failed', arguments: { reason } } });

const read = async (address) => {
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok) {
    throw new Error(`${address}: ${response.status}`);
  }
  return response.json();
};

const teach = async (language) => {
  const tag = language in words ? language : 'en';
  if (!study.speaks(tag)) {
    study.teach(tag, Object.assign({}, ...(await Promise.all(words[tag].map(read)))));
  }
};

const ask = async (question) => {
  if (failure !== null) {
    return problem(failure);
  }
  try {
    if (question.format === 'svg') {
      await teach(question.language);
    }
    return study.ask(question);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      // The module was left in the middle of something: nothing in it can be relied on.
      failure = inWords(error);
    }
    return problem(inWords(error));
  }
};

const receive = async (message) => {
  if (typeof message !== 'object' || message === null) {
    return;
  }
  if ('ask' in message) {
    const answer = { answer: message.ask, ...(await ask(message)) };
    self.postMessage(answer, answer.bytes ? [answer.bytes.buffer] : []);
  } else if (failure === null) {
    try {
      if ('log' in message) {
        study.give(String(message.log), message.run >>> 0, new Uint8Array(message.bytes));
      } else if ('drop' in message) {
        study.clear(String(message.drop));
      }
    } catch (error) {
      failure = inWords(error);
    }
  }
};

// One after the other, so that a question is about what was given before it and nothing else.
let turn = Promise.resolve();
const take = (message) => {
  turn = turn.then(() => receive(message));
};

self.addEventListener('message', (event) => {
  if (study !== null || failure !== null) {
    take(event.data);
  } else {
    waiting.push(event.data);
  }
});

const load = async () => {
  const { default: init, Study } = await import('./study.js');
  await init();
  study = new Study();
  self.postMessage({ ready: true, version: study.version() });
};

load()
  .catch((error) => {
    failure = inWords(error);
  })
  .finally(() => waiting.splice(0).forEach(take));
