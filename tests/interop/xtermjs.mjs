// xterm.js in Chromium, as a terminal that runs a command: what the command writes is drawn in the page, what xterm.js
// answers and what it is asked goes back. Started by terminals.py.
//
//     node tests/interop/xtermjs.mjs MODULES INK PAPER PICTURE|- COMMAND...
//
// MODULES is a folder in which `playwright-core` and `@xterm/xterm` are installed.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [modules, ink, paper, picture, ...command] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "here.js"));
const { chromium } = require("playwright-core");
const executablePath = process.env.CHROMIUM || ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(path => existsSync(path));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 700 } });

const here = dirname(fileURLToPath(import.meta.url));
// A pseudo-terminal for the command; Node has none of its own.
const child = spawn("python3", [join(here, "terminals.py"), "--pty", "30x110", ...command], { stdio: ["pipe", "pipe", "inherit"] });

await page.exposeFunction("answer", text => child.stdin.write(Buffer.from(text, "utf8")));
await page.setContent("<!doctype html><meta charset=utf-8><div id=terminal></div>");
await page.addStyleTag({ content: readFileSync(require.resolve("@xterm/xterm/css/xterm.css"), "utf8") });
await page.addScriptTag({ content: readFileSync(require.resolve("@xterm/xterm"), "utf8") });
await page.evaluate(([ink, paper]) => {
  window.terminal = new window.Terminal({
    rows: 30, cols: 110, fontFamily: "DejaVu Sans Mono", fontSize: 13, theme: { background: paper, foreground: ink },
  });
  window.terminal.onData(text => window.answer(text));
  window.terminal.open(document.getElementById("terminal"));
}, [ink, paper]);

let drawn = Promise.resolve();
child.stdout.on("data", data => {
  const bytes = data.toString("base64");
  drawn = drawn.then(() => page.evaluate(bytes => new Promise(done => {
    window.terminal.write(Uint8Array.from(atob(bytes), char => char.charCodeAt(0)), done);
  }), bytes));
});
// The last of the console's own screen.
const shows = () => page.evaluate(() => window.terminal.buffer.active.getLine(0)?.translateToString().includes("DEMO"));
const pictures = picture !== "-" && setInterval(async () => {
  try {
    const taken = await page.screenshot();
    if (await shows()) writeFileSync(picture, taken);
  } catch { /* It has ended meanwhile. */ }
}, 500);
child.on("exit", async () => {
  clearInterval(pictures);
  await drawn.catch(() => {});
  await browser.close();
  process.exit(0);
});
process.on("SIGTERM", () => { child.kill(); browser.close().finally(() => process.exit(0)); });
