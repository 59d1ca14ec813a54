// esbuild bundles style sheets; the compiler need only know that they can be imported.
declare module "*.css";
