/**
 * Where GraphiQL stores tabs, history and looks: localStorage, apart for each user.
 */

import type { Storage } from "@graphiql/toolkit";

const PREFIX = "gateway:graphiql:";

/** Looks, not data: one setting for whoever sits at this browser. */
const SHARED = /^graphiql:(theme|visiblePlugin|\w+Flex)$/;

/** A store for GraphiQL that holds one user's queries. */
export interface UserStorage extends Storage {
  /** Removes the user's tabs, variables and history, and stores nothing from here on. */
  forget(): void;
}

/** The store of `owner` (see `tokenOwner`); it never shows what another owner stored. */
export function userStorage(owner: string): UserStorage {
  const own = `${PREFIX}${owner}:`;
  const place = (key: string) => (SHARED.test(key) ? PREFIX + key : own + key);
  const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(own));
  const clear = () => ownKeys().forEach((key) => localStorage.removeItem(key));
  let open = true;

  return {
    getItem: (key) => localStorage.getItem(place(key)),
    // GraphiQL writes its tabs half a second late: without the check, signing out would be
    // followed by a write that brings them back.
    setItem: (key, value) => {
      if (open) {
        localStorage.setItem(place(key), value);
      }
    },
    removeItem: (key) => localStorage.removeItem(place(key)),
    clear,
    get length() {
      return ownKeys().length;
    },
    forget() {
      open = false;
      clear();
    },
  };
}
