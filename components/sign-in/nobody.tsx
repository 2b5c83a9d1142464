/** Closed by default: without users there is nothing to sign in with. */
export function NobodyCanSignIn() {
  return (
    <>
      <h1 className="mb-2 text-title font-semibold">Nobody can sign in yet</h1>
      <p className="text-muted">No users are configured, so this console is closed. On its server, run</p>
      <pre className="my-3 overflow-x-auto rounded-control border border-line bg-sunken px-3 py-2 font-mono text-label">
        npm run user -- add ada admin
      </pre>
      <p className="text-muted">
        and give it what that prints, in <code className="font-mono text-label">USERS</code> or{" "}
        <code className="font-mono text-label">USERS_FILE</code>. An OIDC provider works too; the README says how.
      </p>
    </>
  );
}
