// Runs the clients of graphql-ws and graphql-sse against a gateway: `node check.mjs URL TOKEN`, with the token of a
// member who writes. Each check fails by an exception; what has passed is printed.
import assert from 'node:assert/strict';
import { createClient as createSseClient } from 'graphql-sse';
import { CloseCode, createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const SUBSCRIPTION = 'subscription { campaigns { change campaign { name } } }';

let named = 0;

/** Makes a campaign; its name. */
async function change() {
  const name = `By a client ${++named}`;
  const query = 'mutation ($name: String!) { createCampaign(input: {name: $name}) { campaign { name } } }';
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { name } }),
  });
  assert.equal((await response.json()).errors, undefined);
  return name;
}

function wsClient(options = {}) {
  return createWsClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: authorization },
    retryAttempts: 0,
    ...options,
  });
}

function sseClient(options = {}) {
  return createSseClient({ url, headers: { authorization }, retryAttempts: 0, ...options });
}

/** Reads on to the event of a name; only earlier ones, and those of others, come before it. */
async function reach(events, name) {
  for (;;) {
    const { value } = await events.next();
    assert.equal(value.data.campaigns.change, 'CREATED');
    if (value.data.campaigns.campaign.name === name) return;
  }
}

/** The first answers of a subscription, each after a change; changes go on until the first is told. */
async function follow(client, count = 3) {
  const events = client.iterate({ query: SUBSCRIPTION });
  const first = events.next();
  // Neither client says when it listens.
  let waiting = true;
  first.finally(() => (waiting = false)).catch(() => {});
  while (waiting) {
    await change();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  assert.equal((await first).value.data.campaigns.change, 'CREATED');
  for (let left = count; left > 0; left--) await reach(events, await change());
  await events.return();
}

/** The whole answer of an operation that ends. */
async function answers(client, query) {
  const all = [];
  for await (const answer of client.iterate({ query })) all.push(answer);
  return all;
}

/** What a client that may not connect is told. */
async function refusal(client, query = SUBSCRIPTION) {
  try {
    for await (const _ of client.iterate({ query }));
  } catch (error) {
    return error;
  }
  assert.fail('it was not refused');
}

const checks = {
  async 'graphql-ws: a subscription'() {
    const client = wsClient();
    await follow(client);
    await client.dispose();
  },
  async 'graphql-ws: two subscriptions, a query and a mutation on one socket'() {
    let sockets = 0;
    const client = wsClient({ on: { opened: () => sockets++ } });
    const query = '{ tenants { nodes { name } } }';
    const mutation = 'mutation { createCampaign(input: {name: "Over a socket"}) { campaign { name } } }';
    const [, , read, written] = await Promise.all([
      follow(client, 1),
      follow(client, 1),
      answers(client, query),
      answers(client, mutation),
    ]);
    assert.deepEqual(read, [{ data: { tenants: { nodes: [{ name: 'acme' }] } } }]);
    assert.equal(written.length, 1);
    assert.equal(written[0].extensions.transaction, 'committed');
    assert.equal(sockets, 1);
    await client.dispose();
  },
  async 'graphql-ws: what is wrong with an operation'() {
    const client = wsClient();
    const errors = await refusal(client, 'subscription { nothing }');
    assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    await client.dispose();
  },
  async 'graphql-ws: pings of the client are answered'() {
    let pongs = 0;
    const client = wsClient({ lazy: false, keepAlive: 50, on: { pong: (received) => received && pongs++ } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(pongs >= 2, `${pongs}`);
    await client.dispose();
  },
  async 'graphql-ws: a bad token is 4403'() {
    const client = wsClient({ connectionParams: { Authorization: 'Bearer bad' } });
    assert.equal((await refusal(client)).code, CloseCode.Forbidden);
  },
  async 'graphql-sse, distinct connections: a subscription'() {
    const client = sseClient();
    await follow(client);
    client.dispose();
  },
  async 'graphql-sse, distinct connections: a query, a mutation, an error'() {
    const client = sseClient();
    const read = await answers(client, '{ tenants { nodes { name } } }');
    assert.deepEqual(read, [{ data: { tenants: { nodes: [{ name: 'acme' }] } } }]);
    const written = await answers(
      client,
      'mutation { createCampaign(input: {name: "Over a stream"}) { campaign { name } } }',
    );
    assert.equal(written[0].extensions.transaction, 'committed');
    const [wrong] = await answers(client, '{ nothing }');
    assert.equal(wrong.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    client.dispose();
  },
  async 'graphql-sse, distinct connections: a bad token is 401'() {
    const client = sseClient({ headers: { authorization: 'Bearer bad' } });
    assert.equal((await refusal(client)).response.status, 401);
  },
  async 'graphql-sse, single connection: subscriptions one after another'() {
    const client = sseClient({ singleConnection: true });
    await follow(client);
    await follow(client, 1);
    client.dispose();
  },
  async 'graphql-sse, single connection: a subscription and a query on one stream'() {
    let connections = 0;
    const client = sseClient({ singleConnection: true, on: { connected: () => connections++ } });
    const following = follow(client, 1);
    const read = await answers(client, '{ tenants { nodes { name } } }');
    assert.deepEqual(read, [{ data: { tenants: { nodes: [{ name: 'acme' }] } } }]);
    await following;
    assert.equal(connections, 1);
    client.dispose();
  },
  async 'graphql-sse, single connection: an operation that is wrong is 400'() {
    const client = sseClient({ singleConnection: true });
    assert.equal((await refusal(client, 'subscription { nothing }')).response.status, 400);
    client.dispose();
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(`ok ${name}`);
}
