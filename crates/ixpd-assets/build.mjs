// Builds the front end: node build.mjs [OUT_DIR]
// Writes app.css, app.js, api-docs.js, theme.js, icons.svg and the files of frontend/img, all under their plain names, each with a
// compressed copy (NAME.gz) beside it.
import { build, transform } from "esbuild";
import { compile } from "sass";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, "frontend");
const modules = join(here, "node_modules");
const out = resolve(process.argv[2] ?? join(here, "dist"));
// Browsers that know nested media queries, <dialog>, :has() and ES2022: about two years old.
const target = ["chrome111", "firefox121", "safari16.4"];

async function styles() {
  const { css } = compile(join(sources, "scss/app.scss"), {
    loadPaths: [modules],
    quietDeps: true,
    // Bootstrap 5 is written with @import, so whoever configures it has to be.
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const { code } = await transform(css, { loader: "css", minify: true, target, legalComments: "none" });
  await writeFile(join(out, "app.css"), code);
}

async function scripts() {
  await build({
    // A page loads what only it needs beside app.js.
    entryPoints: ["app.js", "api-docs.js"].map((name) => join(sources, "js", name)),
    outdir: out,
    bundle: true,
    format: "esm",
    minify: true,
    target,
    legalComments: "none",
  });
  // Runs before the first paint, so it is a classic script of its own.
  await build({
    entryPoints: [join(sources, "js/theme.js")],
    outfile: join(out, "theme.js"),
    bundle: true,
    format: "iife",
    minify: true,
    target,
  });
}

// One <symbol> for every name in icons.txt; a page shows it by <use href="icons.svg#NAME">.
async function sprite() {
  const list = await readFile(join(sources, "icons.txt"), "utf8");
  const names = list.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = await Promise.all(names.map(symbol));
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function symbol(name) {
  const file = join(modules, "bootstrap-icons/icons", `${name}.svg`);
  const svg = await readFile(file, "utf8").catch(() => {
    throw new Error(`frontend/icons.txt names "${name}", which bootstrap-icons doesn't have`);
  });
  const [, viewBox] = svg.match(/viewBox="([^"]+)"/);
  const [, shapes] = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/);
  return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${shapes.replace(/\n\s*/g, "")}</symbol>`;
}

async function compress() {
  for (const name of await readdir(out)) {
    const plain = await readFile(join(out, name));
    await writeFile(join(out, `${name}.gz`), gzipSync(plain, { level: constants.Z_BEST_COMPRESSION }));
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([styles(), scripts(), sprite(), cp(join(sources, "img"), out, { recursive: true })]);
await compress();
