// Bundles what the page takes from npm into `query_ui/static/vendor/`, with the licences of what is inside.
// Run by `make serve` and `make test` where npm is installed; every page works without these files.
import { build } from "esbuild";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "query_ui", "static", "vendor");

const made = await build({
  absWorkingDir: root,
  entryPoints: { editor: "frontend/editor/main.js" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

const packages = [...new Set(Object.keys(made.metafile.inputs).map(packageOf).filter(Boolean))].sort();
const licences = await Promise.all(packages.map(licenceOf));
await mkdir(out, { recursive: true });
await writeFile(join(out, "licences.txt"), licences.join("\n\n"));

function packageOf(path) {
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

async function licenceOf(name) {
  const folder = join(root, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((f) => /^licen[cs]e/i.test(f));
  if (!file) throw new Error(`${name} ${version} (${license}) comes without the text of its licence`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), "utf8")).trim()}`;
}
