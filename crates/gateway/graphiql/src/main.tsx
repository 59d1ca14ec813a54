import "graphiql/style.css";
import "./page.css";
import { GraphiQL } from "graphiql";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { DEFAULT_QUERY } from "./defaultQuery";
import { fetcher, identify, storage, useSession } from "./session";
import { SessionBar } from "./SessionBar";

function Page() {
  const session = useSession();
  // The schema is asked for once the token is known to be good: until then it would be two more
  // refused requests. It stays when a token expires later, so that the editor keeps completing.
  const [accepted, setAccepted] = useState(false);
  if (!accepted && session.state === "signed-in") {
    setAccepted(true);
  }
  return (
    <>
      <SessionBar session={session} />
      <main>
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          schema={accepted ? undefined : null}
          defaultQuery={DEFAULT_QUERY}
          shouldPersistHeaders={false}
          inputValueDeprecation
          schemaDescription
        />
      </main>
    </>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(<Page />);
  void identify();
}
