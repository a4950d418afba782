// The HTML report in a real browser: nothing is loaded, nothing is said on the console, names of strangers stay text, what is
// said is accessible, and the list does what it should.
//
//     node tests/interop/page.mjs BINARY MODULES [--speed FILE]
//
// MODULES is a folder in which `playwright-core` and `axe-core` are installed. `--speed` opens a page and says how quick it is.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [binary, modules, option, page] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM || BROWSERS.find(path => existsSync(path));
assert.ok(executablePath, "there is no Chromium; CHROMIUM names one");

// What somebody may have asked for who wants a page to do something.
const HOSTILE = [
  "<img src=x onerror=document.title='hit'>.example.",
  "</script><script>document.title='hit'</script>.example.",
  "</style><style>*{display:none}</style>.example.",
  "\"'onmouseover=document.title='hit'&amp;.example.",
  "\u202egnp.exe\u200b.example.",
  "__proto__.example.",
  "${document.title='hit'}.example.",
];
const INSTANCE = "i-<b>0</b>\"'&lt;";

function log() {
  const record = (second, instance, name, type, rdata) => JSON.stringify({
    version: "1.100000", account_id: "111122223333", region: "us-west-2", vpc_id: "vpc-<i>1</i>",
    query_timestamp: new Date(Date.UTC(2026, 4, 12, 14, 0, second)).toISOString().replace(".000", ""),
    query_name: name, query_type: type, query_class: "IN", rcode: "NOERROR",
    answers: rdata ? [{ Rdata: rdata, Type: type, Class: "IN" }] : [], srcaddr: "10.0.0.9", srcport: "5353",
    transport: "UDP", srcids: { instance },
  });
  const lines = [];
  HOSTILE.forEach((name, at) => {
    lines.push(record(at, INSTANCE, name, "AAAA"), record(at, INSTANCE, name, "A", "192.0.2.1"));
  });
  for (let at = 0; at < 120; at++) {
    const name = `host-${String(at).padStart(3, "0")}.example.com.`;
    const address = ["2600:1f14::1", "64:ff9b::c000:201", undefined][at % 3];
    lines.push(record(600 + at * 30, "i-0aaaaaaaaaaaaaaa1", name, "AAAA", address));
    lines.push(record(600 + at * 30, "i-0aaaaaaaaaaaaaaa1", name, "A", "192.0.2.1"));
  }
  return `${lines.join("\n")}\n{"half": \n`;
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** Opens a page, which is `plain` if it has no script; what it should not do is collected in `said`. */
async function opened(file, settings = {}, plain = false) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
  const page = await context.newPage();
  const said = [];
  page.on("console", message => said.push(`console: ${message.text()}`));
  page.on("pageerror", error => said.push(`error: ${error.message}`));
  page.on("dialog", dialog => { said.push(`dialog: ${dialog.message()}`); return dialog.dismiss(); });
  const requests = [];
  page.on("request", request => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  if (settings.javaScriptEnabled !== false && !plain) {
    await page.waitForFunction(() => document.documentElement.dataset.ready === "true", null, { timeout: 60_000 });
  }
  return { page, said, requests, close: () => context.close() };
}

async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  const words = violations.map(it => `${it.id}: ${it.help}\n  ${it.nodes.slice(0, 3).map(node => node.html).join("\n  ")}`);
  assert.deepEqual(words, [], `${what}: ${words.join("\n")}`);
}

const tests = {
  async "nothing is loaded, said or run"({ page, said, requests }, file) {
    assert.deepEqual(requests, [pathToFileURL(file).href]);
    assert.deepEqual(said, []);
    assert.match(await page.title(), /^IPv6 dependencies/);
    assert.equal(await page.locator("img, iframe, object, link, i, #list b, #findings b").count(), 0);
    // What somebody puts in later does not run either.
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'hit'";
      document.body.append(script);
    });
    assert.match(await page.title(), /^IPv6 dependencies/);
    assert.equal(said.length, 1, "the policy says so once");
    said.length = 0;
  },

  async "names of strangers stay text"({ page }) {
    await page.fill("#filter", "example -example.com");
    const names = await page.locator("#list td.name").allTextContents();
    const spelled = HOSTILE.map(name => name.slice(0, -1).toLowerCase().replace("\u202e", "\\u{202e}").replace("\u200b", "\\u{200b}"));
    assert.deepEqual(names.toSorted(), spelled.toSorted());
    const origins = await page.locator("#list td .id").allTextContents();
    assert.ok(origins.every(text => text === INSTANCE), origins[0]);
    await page.fill("#filter", "");
  },

  async "what was not seen is said"({ page }) {
    const words = await page.locator("#missing").innerText();
    assert.match(words, /1 piece malformed/);
    assert.ok(!words.includes("No part of the log is known to be missing"));
  },

  async "the list is filtered, sorted and paged"({ page }) {
    const found = () => page.locator("#found").innerText();
    assert.equal(await found(), "127 of 127 pairs.");
    await page.fill("#filter", "HOST-00 i-0aaa");
    assert.equal(await found(), "10 of 127 pairs.");
    await page.fill("#filter", "-host");
    assert.equal(await found(), "7 of 127 pairs.");
    await page.fill("#filter", "");
    const nat64 = page.locator("#chosen button", { hasText: "NAT64" });
    await nat64.click();
    assert.equal(await found(), "40 of 127 pairs.");
    assert.equal(await nat64.getAttribute("aria-pressed"), "true");
    await nat64.click();
    await page.fill("#filter", "host-");
    await page.locator("th button", { hasText: "endpoint" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    const head = page.locator("th[data-sort=name]");
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    assert.equal(await page.locator("#list td.name").first().innerText(), "host-119.example.com");
    await page.locator("#pager button", { hasText: "last" }).click();
    assert.match(await page.locator("#pager").innerText(), /page 3 of 3/);
    await page.locator("th button", { hasText: "status" }).click();
    await page.fill("#filter", "");
  },

  async "a stretch of time narrows all"({ page }) {
    const all = await page.locator("#list tbody tr").count();
    const chart = await page.locator("#chart").boundingBox();
    const shown = () => page.locator(".finding:visible").count();
    const findings = await shown();
    await page.locator("#chart").scrollIntoViewIfNeeded();
    const box = await page.locator("#chart").boundingBox();
    await page.mouse.move(box.x + 1, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 3, box.y + 20);
    await page.mouse.up();
    assert.ok(chart.width > 0 && all > 7);
    assert.match(await page.locator("#found").innerText(), /^7 of 127 pairs\. Seen in the chosen time/);
    assert.ok(await shown() < findings, "findings of other times are hidden");
    await page.click("#range-all");
    assert.equal(await page.locator("#found").innerText(), "127 of 127 pairs.");
    // The same by keys.
    await page.focus("#range-until");
    await page.keyboard.press("Home");
    assert.match(await page.locator("#found").innerText(), /^7 of 127/);
    await page.keyboard.press("End");
    assert.equal(await shown(), findings);
  },

  async "a finding has an address"({ page }) {
    const anchor = await page.locator(".finding").last().getAttribute("id");
    await page.evaluate(anchor => { location.hash = `#${encodeURIComponent(anchor)}`; }, anchor);
    const target = page.locator(".finding:target");
    assert.equal(await target.getAttribute("id"), anchor);
    await page.waitForFunction(() => {
      const target = document.querySelector(".finding:target");
      return target.tagName !== "DETAILS" || target.open;
    });
    const name = await page.locator("button.narrow:visible").first().getAttribute("data-name");
    await page.locator("button.narrow:visible").first().click();
    assert.equal(await page.inputValue("#filter"), name);
    await page.fill("#filter", "");
  },

  async "it fits and is accessible, light, dark and narrow"(_, file) {
    for (const settings of [{ colorScheme: "light" }, { colorScheme: "dark" }, { viewport: { width: 360, height: 740 } }]) {
      const { page, said, close } = await opened(file, settings);
      await accessible(page, JSON.stringify(settings));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0, `${JSON.stringify(settings)}: nothing sticks out`);
      assert.deepEqual(said, []);
      await close();
    }
  },

  async "it says as much without a script, and on paper"(_, file) {
    const { page, close } = await opened(file, { javaScriptEnabled: false });
    assert.equal(await page.locator("#list tbody tr").count(), 127);
    assert.equal(await page.locator(".script:visible").count(), 0, "nothing that needs a script is shown");
    assert.ok(await page.locator(".finding").first().isVisible());
    assert.ok(await page.locator("#chart").isVisible());
    const text = await page.locator("#list").innerText();
    assert.ok(HOSTILE.slice(0, 4).every(name => text.includes(name.slice(0, -1).toLowerCase())));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("body > nav:visible").count(), 0);
    assert.ok(await page.locator("#list").isVisible());
    // The list lies: ids are in one line each, and there is room for a regional name of AWS.
    const row = page.locator("#list tbody tr").filter({ hasText: "host-000.example.com" });
    const [lines, room] = await row.evaluate(it => {
      const id = it.querySelector(".id"), name = it.querySelector("td.name");
      const font = getComputedStyle(name);
      const context = document.createElement("canvas").getContext("2d");
      context.font = `${font.fontSize} ${font.fontFamily}`;
      return [id.getClientRects().length, name.clientWidth / context.measureText("0").width];
    });
    assert.ok(lines === 1 && room >= 35, `${lines} lines, ${room} signs`);
    const pages = (await page.pdf({ preferCSSPageSize: true })).toString("latin1").match(/\/MediaBox \[0 0 [\d. ]+\]/g) ?? [];
    const lie = pages.filter(it => { const [, , width, height] = it.match(/[\d.]+/g).map(Number); return width > height; });
    assert.ok(lie.length > 0 && lie.length < pages.length, `${lie.length} of ${pages.length} pages lie`);
    await close();
  },
};

/** How quick a large page is. */
async function speed(file) {
  const { page, close } = await opened(file);
  const figures = await page.evaluate(() => {
    const field = document.getElementById("filter");
    const keys = ["a", "am", "ama", "-ama", "s3", "us-east", "i-0", ""].map(text => {
      const start = performance.now();
      field.value = text;
      field.dispatchEvent(new Event("input"));
      return performance.now() - start;
    });
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return { paint: paint?.startTime, keys, found: document.getElementById("found").textContent };
  });
  console.log(`${file}: first picture ${figures.paint?.toFixed(0)} ms; a key ${figures.keys.map(it => it.toFixed(1)).join(", ")} ms; ${figures.found}`);
  await close();
}

/** The page of a comparison: as plain, as quiet and as accessible. */
async function comparison(old, file) {
  const fresh = join(folder, "new.jsonl");
  // Some addresses go, and a name of a stranger is asked for by another.
  writeFileSync(fresh, log().replaceAll(/\{"Rdata":"2600:1f14::1"[^}]*\}/g, "").replaceAll("host-001", "</td><script>x"));
  let html;
  try {
    html = execFileSync(binary, ["report", "--compare", old, fresh, "-f", "html"]);
  } catch (error) {
    assert.equal(error.status, 3, error);
    html = error.stdout;
  }
  writeFileSync(file, html);
  const { page, said, close } = await opened(file, {}, true);
  assert.ok(await page.locator("#broke tbody tr").count() > 0);
  const strange = await page.locator("#new").innerText();
  assert.ok(strange.includes("</td><script>x.example.com"), strange);
  assert.equal(await page.locator("script").count(), 0);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, `what changed, ${colorScheme}`);
  }
  assert.deepEqual(said, []);
  await close();
  console.log("ok: what changed is a page, too");
}

const folder = mkdtempSync(join(tmpdir(), "r53tail-page-"));
try {
  if (option === "--speed") {
    await speed(page);
  } else {
    const input = join(folder, "log.jsonl"), file = join(folder, "report.html");
    writeFileSync(input, log());
    let html;
    try {
      html = execFileSync(binary, ["report", input, "-f", "html"], { maxBuffer: 1 << 28 });
    } catch (error) {
      // 3: a piece of the log is bad, as it is meant to be.
      assert.equal(error.status, 3, error);
      html = error.stdout;
    }
    writeFileSync(file, html);
    const shared = await opened(file);
    for (const [name, test] of Object.entries(tests)) {
      await test(shared, file);
      assert.deepEqual(shared.said, [], name);
      console.log(`ok: ${name}`);
    }
    await comparison(input, join(folder, "compare.html"));
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
