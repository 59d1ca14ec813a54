/** Subscriptions, over one WebSocket that is open while there are some. */

import { createClient, type Client } from "graphql-ws";
import type { Operation, Result } from "./endpoint";

let client: Client | undefined;

/** The answers of a subscription. What ends it early is an answer, too: GraphiQL would show a thrown error with its stack. */
export async function* follow(operation: Operation, token: string | null): AsyncGenerator<Result> {
  client ??= createClient({
    url: `${location.origin.replace(/^http/, "ws")}/graphql`,
    connectionParams: token === null ? {} : { Authorization: `Bearer ${token}` },
    // A gateway that restarts is back in a moment; a token that has expired is not good any more.
    shouldRetry: (cause) => !(cause instanceof CloseEvent) || cause.code < 4000,
  });
  try {
    for await (const answer of client.iterate({
      query: operation.query,
      operationName: operation.operationName,
      variables: operation.variables as Record<string, unknown> | undefined,
    })) {
      yield answer as Result;
    }
  } catch (cause) {
    yield { errors: problems(cause) };
  }
}

function problems(cause: unknown): { message: string }[] {
  if (Array.isArray(cause)) {
    return cause as { message: string }[];
  }
  const reason = cause instanceof CloseEvent ? cause.reason || `the socket was closed (${cause.code})` : String(cause);
  return [{ message: `No more events: ${reason}` }];
}
