// The workloads with nothing but the language: async functions are the tasks.

// Does a workload, and gives the milliseconds that it took.
export const promises = async (name, size, passes) => {
  const start = performance.now();
  await WORKLOADS[name](size, passes);
  return performance.now() - start;
};

// Awaiting something that is there lets everybody go who is ready.
const giveWay = () => undefined;

const WORKLOADS = {
  'spawn and finish': async (size, passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      await new Promise((resolve) => {
        let left = size;
        const task = async () => {
          // A task does not run before who started it gives way.
          await giveWay();
          left -= 1;
          if (left === 0) {
            resolve();
          }
        };
        for (let i = 0; i < size; i += 1) {
          task();
        }
      });
    }
  },

  'spawn and join': async (size, passes) => {
    const task = async () => {
      await giveWay();
    };
    for (let pass = 0; pass < passes; pass += 1) {
      const tasks = Array.from({ length: size }, task);
      for (const end of tasks) {
        await end;
      }
    }
  },

  'yield, one task': async (size, passes) => {
    const task = async () => {
      for (let i = 0; i < size * passes; i += 1) {
        await giveWay();
      }
    };
    await task();
  },

  'yield, a thousand tasks': async (size, passes) => {
    const times = (size * passes) / 1000;
    const task = async () => {
      for (let i = 0; i < times; i += 1) {
        await giveWay();
      }
    };
    await Promise.all(Array.from({ length: 1000 }, task));
  },

  'wake, round two tasks': async (size, passes) => {
    let turn = 0;
    const wakers = [null, null];
    const player = async (mine) => {
      for (let i = 0; i < (size * passes) / 2; i += 1) {
        if (turn !== mine) {
          await new Promise((resolve) => {
            wakers[mine] = resolve;
          });
        }
        turn = 1 - mine;
        const wake = wakers[turn];
        wakers[turn] = null;
        wake?.();
      }
    };
    await Promise.all([player(0), player(1)]);
  },
};
