import { Button } from "@graphiql/react";
import { useState } from "react";
import { type Session, type Viewer, signOut } from "./session";
import { SignInDialog } from "./SignInDialog";

/** The bar above the editor: who is signed in, and the way in and out. */
export function SessionBar({ session }: { session: Session }) {
  const [signingIn, setSigningIn] = useState(false);
  const signedOut = session.state === "signed-out";
  const mustSignIn = signedOut || session.state === "refused";
  return (
    // GraphiQL's class brings its colours, light and dark.
    <header className="graphiql-container session-bar">
      <strong className="session-bar-name">Tenant Gateway</strong>
      <div className="session-bar-status" role="status">
        <Status session={session} />
      </div>
      <Button className={mustSignIn ? "session-bar-primary" : ""} onClick={() => setSigningIn(true)}>
        {session.state === "signed-in" ? "Switch user" : "Sign in"}
      </Button>
      {!signedOut && <Button onClick={signOut}>Sign out</Button>}
      <SignInDialog open={signingIn} onOpenChange={setSigningIn} />
    </header>
  );
}

function Status({ session }: { session: Session }) {
  switch (session.state) {
    case "signed-out":
      return (
        <>
          Not signed in: open a link that the gateway printed when it started, or sign in with the token that{" "}
          <code>gateway token --tenant acme --user owner@acme.test</code> prints.
        </>
      );
    case "asking":
      return "Asking who is signed in …";
    case "refused":
      return <span className="session-bar-refused">{session.reason}</span>;
    case "signed-in":
      return <Identity viewer={session.viewer} />;
  }
}

function Identity({ viewer: { user, tenant, roles } }: { viewer: Viewer }) {
  return (
    <>
      <span title={user?.name ?? undefined}>{user?.email ?? user?.name ?? "Unnamed user"}</span>
      {tenant?.name && (
        <>
          {" at "}
          <b>{tenant.name}</b>
        </>
      )}
      {roles?.map((role) => (
        <span key={role} className="session-bar-role">
          {role.toLowerCase()}
        </span>
      ))}
    </>
  );
}
