"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { FailureState, StaleNotice } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { formatCount } from "@/lib/client/format";
import { containing } from "@/lib/client/keys/glob";
import { keyQueries } from "@/lib/client/keys/queries";
import { CollectionSearch } from "./collection-search";
import { ElementDialog } from "./element-dialog";
import { ElementTable } from "./element-table";
import { type Element, type ElementPage, hasMasked, rowsOf } from "./elements";
import { MaskNotice } from "./mask-notice";
import { StreamGroups } from "./stream-groups";
import type { ValueProps } from "./value-pane";

/** A hash, list, set, sorted set or stream, a page at a time. */
export function CollectionValue(props: ValueProps) {
  const { detail, reveal } = props;
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Element | null>(null);
  const query = useInfiniteQuery(keyQueries.value(detail.k, search ? { match: containing(search) } : {}, reveal));
  const pages = (query.data?.pages ?? []).filter((page): page is ElementPage => page.type !== "string");
  const showsSkeleton = useSkeleton(query.isPending);
  const retry = () => void query.refetch();
  const first = pages[0];
  const count = pages.reduce((sum, page) => sum + page.items.length, 0);
  return (
    <>
      {detail.masked || reveal || pages.some(hasMasked) ? <MaskNotice {...props} /> : null}
      {first?.type === "stream" && first.groups.length > 0 ? <StreamGroups groups={first.groups} /> : null}
      <CollectionSearch type={detail.type} value={search} onChange={setSearch}>
        {first ? `${formatCount(count)} of ${formatCount(first.length)}` : null}
      </CollectionSearch>
      {query.error && first ? (
        <StaleNotice what="The value could not be read again" error={query.error} onRetry={retry} />
      ) : null}
      {showsSkeleton ? <SkeletonRows rows={8} /> : null}
      {query.error && !first ? (
        <FailureState what="The value could not be read" error={query.error} onRetry={retry} />
      ) : null}
      {first ? (
        <ElementTable type={first.type} rows={pages.flatMap(rowsOf)} asOf={query.dataUpdatedAt} onOpen={setOpen} />
      ) : null}
      {first && count === 0 ? (
        <p className="px-4 py-6 text-center text-muted">
          {search === ""
            ? "Empty."
            : query.hasNextPage
              ? "No match in the part searched so far."
              : "Nothing in here matches."}
        </p>
      ) : null}
      {query.hasNextPage ? (
        <div className="px-4 pt-3">
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {count === 0 ? "Keep searching" : "Load more"}
          </Button>
        </div>
      ) : null}
      <ElementDialog {...props} element={open} onClose={() => setOpen(null)} />
    </>
  );
}
