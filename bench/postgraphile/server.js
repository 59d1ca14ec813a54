// PostGraphile, set up as its documentation does for production.
//
// DATABASE_URL: the login role, who owns nothing. PORT, TOKEN_KEY (HS256), WORKERS and POOL (connections
// of each worker) are given by the benchmark.
import cluster from "node:cluster";
import { createServer } from "node:http";
import jsonwebtoken from "jsonwebtoken";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { jsonPgSmartTags } from "postgraphile/utils";
import { PgAggregatesPreset } from "@graphile/pg-aggregates";
import { grafserv } from "postgraphile/grafserv/node";

const { DATABASE_URL, PORT, TOKEN_KEY, WORKERS = "1", POOL = "8" } = process.env;

/** What the row level security policies read, from a verified token. */
function settings(request) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer") return {};
  const claims = jsonwebtoken.verify(token, TOKEN_KEY, {
    algorithms: ["HS256"],
    issuer: "tenant-gateway",
    audience: "tenant-gateway",
  });
  return {
    role: "gateway_login",
    "app.current_tenant_id": claims.tenant,
    "app.current_user_id": claims.sub,
    "app.current_roles": claims.roles,
  };
}

/** Lists can be ordered by what a composite index serves; groups are made by status and by day. */
const BehaviorPlugin = {
  name: "BenchBehaviorPlugin",
  version: "1.0.0",
  schema: {
    entityBehavior: {
      pgCodecAttribute: ["orderBy", "filterBy", "attribute:aggregate:groupBy"],
    },
  },
};

/** The table's type would have the name of GraphQL's own root. */
const TagsPlugin = jsonPgSmartTags({
  version: 1,
  config: { class: { "public.subscriptions": { tags: { name: "plan_subscriptions" } } } },
});

const preset = {
  extends: [PostGraphileAmberPreset, PgAggregatesPreset],
  plugins: [BehaviorPlugin, TagsPlugin],
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: Number(POOL) },
    }),
  ],
  grafserv: {
    port: Number(PORT),
    graphiql: false,
    graphqlPath: "/graphql",
    watch: false,
    websockets: false,
    // Room for an import of 1,000 leads.
    maxRequestLength: 4 << 20,
  },
  grafast: {
    explain: false,
    context: (requestContext) => ({ pgSettings: settings(requestContext.node.req) }),
  },
};

async function serve() {
  const instance = postgraphile(preset).createServ(grafserv);
  const server = createServer();
  server.on("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  await instance.addTo(server);
  server.listen(Number(PORT), "127.0.0.1");
}

if (Number(WORKERS) > 1 && cluster.isPrimary) {
  for (let worker = 0; worker < Number(WORKERS); worker += 1) cluster.fork();
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
} else {
  await serve();
}
