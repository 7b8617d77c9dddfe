// Opens the page: loads its module, and says so readably if that fails.
//
// This is the only script that is not compiled from Rust. It sets the theme before anything is
// painted, so that a dark room stays dark.

const root = document.documentElement;
const start = document.getElementById("start");

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Storage can be forbidden.
  }
}

const theme = stored("wakeline.theme");
const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
root.dataset.theme = dark ? "dark" : "light";

const linked = new URLSearchParams(location.search).get("lang");
const tags = [linked, stored("wakeline.language"), ...navigator.languages];
const tag = tags.find((tag) => /^(en|zh)\b/i.test(tag ?? "")) ?? "en";
root.lang = tag.toLowerCase().startsWith("zh") ? "zh-Hans" : "en";

// The texts of a language; the page asks for another one when its reader does.
const texts = {
  "en": [
    "./translations/en/demos.json",
    "./translations/en/events.json",
    "./translations/en/findings.json",
    "./translations/en/page.json",
    "./translations/en/problems.json",
    "./translations/en/timeline.json",
  ],
  "zh-Hans": [
    "./translations/zh/demos.json",
    "./translations/zh/events.json",
    "./translations/zh/findings.json",
    "./translations/zh/page.json",
    "./translations/zh/problems.json",
    "./translations/zh/timeline.json",
  ],
};

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address}: ${response.status}`);
  }
  return response.json();
}

async function phrases(tag) {
  return Object.assign({}, ...(await Promise.all(texts[tag].map(read))));
}

// The sources of all demos are one file, loaded when the first is shown. After a failure the next
// one that is shown tries again.
let listings = null;

async function sources(demo) {
  listings ??= read("./sources.json");
  try {
    return (await listings)[demo];
  } catch (error) {
    listings = null;
    throw error;
  }
}

// So are the lessons of all demos, in a language.
const lessonTables = { "en": "./lessons.en.json", "zh-Hans": "./lessons.zh.json" };
const lessonsUnderWay = {};

async function lessons(tag, demo) {
  lessonsUnderWay[tag] ??= read(lessonTables[tag]);
  try {
    return (await lessonsUnderWay[tag])[demo];
  } catch (error) {
    delete lessonsUnderWay[tag];
    throw error;
  }
}

// What answers at the address of a server: a companion server, something else, or nobody. A browser
// does not tell a page whether nobody is there or somebody who does not let it read the answer; but
// it lets the page notice an answer that it may not read. Not if the page is isolated: then it is
// unclear.
async function companion(server) {
  const address = `${server}/api/health`;
  const signal = AbortSignal.timeout(5000);
  try {
    const answer = await fetch(address, { cache: "no-store", signal });
    const health = await answer.json().catch(() => null);
    return answer.ok && health?.name === "wakeline" ? "companion" : "other";
  } catch {
    const nobody = crossOriginIsolated ? "unclear" : "nobody";
    return fetch(address, { mode: "no-cors", signal }).then(() => "other", () => nobody);
  }
}

function fail(error) {
  console.error(error);
  start.hidden = false;
  start.querySelector("[data-start=loading]").hidden = true;
  start.querySelector("[data-start=failed]").hidden = false;
  start.querySelector("[data-start-detail]").textContent = String(error?.message ?? error);
}

start.querySelector("[data-start-retry]").addEventListener("click", () => location.reload());

try {
  // Both at once: neither needs the other to load.
  const first = phrases(root.lang);
  first.catch(() => {});
  const page = await import("./page.js");
  await page.default();
  // What is thrown after the page is up must not leave it half dead in silence.
  const load = (tag) => (tag === root.lang ? first : phrases(tag));
  await page.open(document.getElementById("page"), load, sources, lessons, companion, fail);
  start.hidden = true;
} catch (error) {
  fail(error);
}
