/**
 * One GraphQL request to the gateway, and an answer in GraphQL's form whatever happens: GraphiQL
 * would show a thrown error with its stack.
 */

const ENDPOINT = "/graphql";

/** What a GraphQL request carries. */
export interface Operation {
  query: string;
  operationName?: string | null;
  variables?: unknown;
}

/** A GraphQL response body. */
export interface Result {
  data?: Record<string, unknown> | null;
  errors?: { message: string }[];
}

/** The HTTP status (0: no answer at all) and the body. */
export interface Answer {
  status: number;
  result: Result;
}

/** Sends `operation` with the bearer `token`, if any. Does not throw. */
export async function ask(
  operation: Operation,
  token: string | null,
  extraHeaders: Record<string, string> = {},
): Promise<Answer> {
  try {
    const response = await fetch(ENDPOINT, {
      method: "POST",
      headers: requestHeaders(token, extraHeaders),
      body: JSON.stringify(operation),
    });
    return { status: response.status, result: parse(await response.text(), response.status) };
  } catch (cause) {
    const message = `No answer from ${location.origin}${ENDPOINT} (${cause}). Is the gateway running?`;
    return { status: 0, result: failure(message) };
  }
}

/** The token wins over the headers tab: the bar above the editor must name who really asks. */
function requestHeaders(token: string | null, extraHeaders: Record<string, string>): Headers {
  const headers = new Headers(extraHeaders);
  headers.set("Accept", "application/graphql-response+json, application/json;q=0.9");
  headers.set("Content-Type", "application/json");
  if (token !== null) {
    headers.set("Authorization", `Bearer ${token}`);
  }
  return headers;
}

function parse(body: string, status: number): Result {
  try {
    const result: unknown = JSON.parse(body);
    if (typeof result === "object" && result !== null) {
      return result;
    }
  } catch {
    // Not JSON: a proxy's page, or nothing at all. Said below.
  }
  return failure(`HTTP ${status}, and the answer is not a GraphQL response: ${body.slice(0, 200) || "empty"}`);
}

function failure(message: string): Result {
  return { errors: [{ message }] };
}
