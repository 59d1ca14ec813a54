// LICENSES.txt: the licence of each package with code in the bundle, each text once.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const FILE = /^(licen[cs]e|copying|notice|copyrightnotice|thirdpartynotices)/i;

// Published without a licence file, from the repository of a package that has it.
const SAME_REPOSITORY = {
  "@graphiql/plugin-doc-explorer": "graphiql",
  "@graphiql/plugin-history": "graphiql",
  "react-compiler-runtime": "react",
};

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The text of LICENSES.txt for the bundle that esbuild's `metafile` describes. */
export async function licences(root, metafile) {
  const packagesOf = new Map();
  for (const folder of bundledFolders(metafile)) {
    const manifest = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
    const text = await licenceText(root, folder, manifest);
    const label = `${manifest.name} ${manifest.version} (${manifest.license})`;
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), label]);
  }
  const parts = [...packagesOf].map(([text, packages]) => `${packages.join("\n")}\n\n${text}\n`);
  const rule = `\n${"-".repeat(80)}\n\n`;
  return `graphiql.js and graphiql.css contain code of these packages.\n${rule}${parts.join(rule)}`;
}

function bundledFolders({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = used.map(([path]) => PACKAGE.exec(path)?.[1]).filter(Boolean);
  return [...new Set(folders)].sort();
}

async function licenceText(root, folder, { name, license, author }) {
  const source = SAME_REPOSITORY[name] ? `node_modules/${SAME_REPOSITORY[name]}` : folder;
  const files = (await readdir(join(root, source))).filter((file) => FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, source, file), "utf8")));
  if (texts.length > 0) {
    return texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n");
  }
  const holder = typeof author === "object" ? author.name : author;
  if (license !== "MIT" || !holder) {
    throw new Error(`${name} names no licence this script knows: see its repository and add it here`);
  }
  return `Copyright (c) ${holder}\n\n${MIT}`;
}
