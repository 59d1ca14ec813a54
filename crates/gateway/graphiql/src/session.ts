/**
 * Who is signed in on this page, as the gateway answers it.
 *
 * A page has one token from load to unload. Signing in and out reload it: GraphiQL keeps results,
 * schema and storage in module state, and only a new document is sure to hold none of the
 * previous user's.
 */

import type { Fetcher } from "@graphiql/toolkit";
import { getOperationAST } from "graphql";
import { useSyncExternalStore } from "react";
import { ask, type Answer } from "./endpoint";
import { follow } from "./events";
import { userStorage } from "./storage";
import { currentToken, dropToken, keepToken, takeTokenFromAddress, tokenOwner } from "./token";

/** The answer to `VIEWER`. */
export interface Viewer {
  user?: { email?: string; name?: string | null } | null;
  tenant?: { name?: string } | null;
  roles?: string[] | null;
}

/** What the bar shows. */
export type Session =
  | { state: "signed-out" }
  | { state: "asking" }
  | { state: "signed-in"; viewer: Viewer }
  | { state: "refused"; reason: string };

const VIEWER = "query Viewer { viewer { user { email name } tenant { name } roles } }";
const UNAUTHORIZED = 401;

takeTokenFromAddress();
const token = currentToken();

/** What GraphiQL may store for the user of this page. */
export const storage = userStorage(tokenOwner(token));

let session: Session = token === null ? { state: "signed-out" } : { state: "asking" };
const listeners = new Set<() => void>();

/** The session, for a component that is to follow it. */
export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => session);
}

/** GraphiQL's way to the gateway. */
export const fetcher: Fetcher = async (operation, options) => {
  const document = options?.documentAST;
  if (document && getOperationAST(document, operation.operationName)?.operation === "subscription") {
    return follow(operation, token) as Awaited<ReturnType<Fetcher>>;
  }
  const answer = await ask(operation, token, options?.headers);
  observe(answer);
  return answer.result as Awaited<ReturnType<Fetcher>>;
};

/** Asks the gateway whom the token stands for; does nothing when signed out. */
export async function identify(): Promise<void> {
  if (token === null) {
    return;
  }
  const { status, result } = await ask({ query: VIEWER, operationName: "Viewer" }, token);
  const viewer = result.data?.["viewer"] as Viewer | null | undefined;
  if (status !== UNAUTHORIZED && viewer) {
    show({ state: "signed-in", viewer });
  } else {
    show({ state: "refused", reason: refusal(status, result.errors?.[0]?.message) });
  }
}

/** Makes `newToken` the token of this tab. */
export function signIn(newToken: string): void {
  keepToken(newToken);
  location.reload();
}

/** Forgets the token and what this user stored. */
export function signOut(): void {
  storage.forget();
  dropToken();
  location.reload();
}

// A second link opened in the same tab changes the fragment and loads nothing.
window.addEventListener("hashchange", () => {
  if (takeTokenFromAddress()) {
    location.reload();
  }
});

/** A token may expire while the page is open, and a gateway that was away may be back. */
function observe({ status }: Answer): void {
  if (token === null) {
    return;
  }
  if (status === UNAUTHORIZED) {
    show({ state: "refused", reason: refusal(status, undefined) });
  } else if (status === 200 && session.state === "refused") {
    void identify();
  }
}

function refusal(status: number, message: string | undefined): string {
  return status === UNAUTHORIZED
    ? "Token expired or not valid, sign in again."
    : (message ?? "The gateway did not say who is signed in.");
}

function show(next: Session): void {
  session = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
