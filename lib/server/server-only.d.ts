/** Next's own marker: bundling a file that imports it into a page's script fails the build. */
declare module "server-only";
