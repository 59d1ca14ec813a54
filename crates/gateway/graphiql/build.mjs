// Bundles src/ into ../assets/graphiql. The same lock file gives the same bytes: nothing written
// depends on the time, the machine or the folder.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licences } from "./licences.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = new URL("../assets/graphiql/", import.meta.url);

// GraphiQL's style sheet embeds 34 font files, 360 of its 410 kB. The page uses what the
// reader's machine has; GraphiQL's stacks already end in `sans-serif` and `monospace`.
const withoutFonts = {
  name: "without-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const contents = css.replace(/@font-face\s*\{[^}]*\}/g, "");
      if (contents === css) {
        throw new Error(`${path} embeds no fonts any more: remove this plugin`);
      }
      return { contents, loader: "css" };
    });
  },
};

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: { graphiql: "src/main.tsx" },
  outdir: "out",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none", // LICENSES.txt has them all
  metafile: true,
  write: false,
  plugins: [withoutFonts],
});

const assets = new Map(outputFiles.map(({ path, contents }) => [path.split(/[\\/]/).at(-1), contents]));
assets.set("favicon.svg", await readFile(new URL("src/favicon.svg", import.meta.url)));
assets.set("index.html", withVersions(await readFile(new URL("src/index.html", import.meta.url), "utf8")));
assets.set("LICENSES.txt", await licences(here, metafile));

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const [name, contents] of [...assets].sort()) {
  await writeFile(new URL(name, target), contents);
  console.log(`${name}\t${Buffer.byteLength(contents)} bytes`);
}

// File names stay (Rust embeds them by name); the query changes with the content, so that the
// browser may keep each address forever.
function withVersions(html) {
  return html.replace(/"\/graphiql\/([\w.]+)"/g, (_, name) => {
    const hash = createHash("sha256").update(assets.get(name)).digest("hex").slice(0, 12);
    return `"/graphiql/${name}?v=${hash}"`;
  });
}
