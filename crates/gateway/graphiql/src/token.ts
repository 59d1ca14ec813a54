/**
 * The bearer token of this browser tab.
 *
 * It lives in sessionStorage: two tabs may be two users, and closing a tab signs it out.
 */

const KEY = "gateway:token";

/** The header of every JSON web token begins with `{"`, which base64url writes as `eyJ`. */
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

/** Claims that say when a token was made, not whom it speaks for. */
const TIMES = new Set(["exp", "iat", "jti", "nbf"]);

/** The token of this tab, or null when it is signed out. */
export function currentToken(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Keeps `token` for this tab. Takes effect when the page is loaded next. */
export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

/** Signs this tab out. Takes effect when the page is loaded next. */
export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}

/**
 * The token in what a person pasted: the token alone, a link of the gateway, an
 * `Authorization` header or a whole curl line. Null when there is none.
 */
export function findToken(text: string): string | null {
  return TOKEN.exec(text)?.[0] ?? null;
}

/**
 * Moves a token from the address (`#token=…`) into this tab and takes it out of the address, so
 * that it is neither bookmarked nor shared. True when there was one.
 */
export function takeTokenFromAddress(): boolean {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) {
    return false;
  }
  history.replaceState(history.state, "", location.pathname + location.search);
  // A link cut short by a line break must not leave the previous user signed in without a word:
  // it is kept as a token that no gateway accepts, and the answer says so.
  keepToken(findToken(given) ?? "unreadable");
  return true;
}

/**
 * Whom a token speaks for, as a key: equal for two tokens of one user in one tenant. It
 * separates what the browser stores and proves nothing; the gateway alone verifies tokens.
 */
export function tokenOwner(token: string | null): string {
  if (token === null) {
    return "signed-out";
  }
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims = Object.entries(JSON.parse(atob(payload)) as Record<string, unknown>);
    return JSON.stringify(claims.filter(([name]) => !TIMES.has(name)).sort());
  } catch {
    return "unreadable";
  }
}
