// Prints what comes of each audit of GraphQL over HTTP: `node audit.mjs <url>`, with the token in TOKEN.
// Fails unless all that MUST or SHOULD be are; what MAY be is printed only.

import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);

// The audits know of no tokens.
const fetchFn = (to, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${process.env.TOKEN}`);
  return fetch(to, { ...init, headers });
};

let failed = 0;
for (const { fn } of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await fn();
  console.log(`${status} ${id} ${name}${reason ? `: ${reason}` : ""}`);
  if (status !== "ok" && !name.startsWith("MAY")) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
