import { Button, Dialog } from "@graphiql/react";
import { type FormEvent, useState } from "react";
import { signIn } from "./session";
import { findToken } from "./token";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** A dialog that takes a token by paste. */
export function SignInDialog({ open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <div className="graphiql-dialog-header">
        <Dialog.Title className="graphiql-dialog-title">Sign in</Dialog.Title>
        <Dialog.Close />
      </div>
      {/* Radix takes the content away on close, and with it what was typed. */}
      <TokenForm />
    </Dialog>
  );
}

function TokenForm() {
  const [text, setText] = useState("");
  const [unreadable, setUnreadable] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = findToken(text);
    setUnreadable(token === null);
    if (token !== null) {
      signIn(token);
    }
  };

  return (
    <form className="sign-in" onSubmit={submit}>
      <Dialog.Description className="sign-in-description">
        Paste a token, or a link that carries one. It is kept in this browser tab only, until the tab is closed.
      </Dialog.Description>
      <input
        className="sign-in-token"
        aria-label="Token"
        aria-invalid={unreadable}
        autoFocus
        // Not a password field: password managers would offer to store it.
        autoComplete="off"
        spellCheck={false}
        placeholder="eyJ…"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p className="sign-in-hint">
        A development token: <code>gateway token --tenant acme --user owner@acme.test</code>
      </p>
      <div className="sign-in-actions">
        <span role="alert">{unreadable && "There is no token in this text: one begins with eyJ and has two dots."}</span>
        <Button type="submit">Sign in</Button>
      </div>
    </form>
  );
}
