import { SectionHeader } from "@/components/ui/page-header";
import type { Census } from "@/lib/contracts/keys";
import { KeyLinks } from "./key-links";

/** The keys worth a look: the largest, and those that should expire but do not. */
export function KeyColumns({ census, asOf }: { census: Census; asOf: number }) {
  const nothing = (whole: string) => {
    if (census.asOf === null) return "Known once the namespace has been walked.";
    return census.complete ? whole : "None among the keys walked so far.";
  };
  return (
    <div className="grid border-t border-line lg:grid-cols-2">
      <section aria-labelledby="biggest" className="min-w-0">
        <SectionHeader
          id="biggest"
          title="Biggest keys"
          note={census.complete ? "Memory" : "Memory, of those walked"}
        />
        {census.biggest.length > 0 ? (
          <KeyLinks label="Biggest keys" rows={census.biggest} figure="both" asOf={asOf} />
        ) : (
          <Nothing>{nothing("There are no keys.")}</Nothing>
        )}
      </section>
      <section aria-labelledby="without-ttl" className="min-w-0 border-line max-lg:border-t lg:border-l">
        <SectionHeader
          id="without-ttl"
          title="No TTL where one is expected"
          note="They stay until somebody deletes them"
        />
        {census.withoutTtl.length > 0 ? (
          <KeyLinks label="Keys without a TTL" rows={census.withoutTtl} figure="memory" asOf={asOf} />
        ) : (
          <Nothing>{nothing("Every key that should expire does.")}</Nothing>
        )}
      </section>
    </div>
  );
}

function Nothing({ children }: { children: string }) {
  return <p className="px-4 pb-3 text-muted">{children}</p>;
}
