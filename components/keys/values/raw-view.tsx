"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Button } from "@/components/ui/button";
import { FailureState } from "@/components/ui/failure-state";
import { bytesOf, joinBytes } from "@/lib/client/bytes";
import { formatBytes } from "@/lib/client/format";
import { hexRows } from "@/lib/client/hex";
import { lenientText } from "@/lib/client/keys/lenient-text";
import { keyQueries } from "@/lib/client/keys/queries";
import type { ValuePage } from "@/lib/contracts/key-values";
import { HexDump } from "./hex-dump";
import { MaskNotice } from "./mask-notice";
import { TextBlock } from "./text-block";
import { ValueBar } from "./value-bar";
import type { ValueProps } from "./value-pane";

const FIRST_KIB = 64;

/** The bytes themselves, the first part first. */
export function RawView({ as, decoder, ...props }: ValueProps & { as: string; decoder: ReactNode }) {
  const { detail, reveal } = props;
  const query = useInfiniteQuery(keyQueries.value(detail.k, { count: FIRST_KIB }, reveal));
  const pages = query.data?.pages;
  const data = useMemo(() => joinBytes((pages ?? []).flatMap(bytesOfPage)), [pages]);
  const first = pages?.[0];
  const isMasked = pages?.some((page) => page.type === "string" && page.part.masked) ?? false;
  const isHidden = first?.type === "string" && first.part.data === null;
  const total = first?.length ?? detail.valueBytes ?? 0;
  return (
    <>
      {isMasked || reveal ? <MaskNotice {...props} /> : null}
      <ValueBar decoder={decoder}>
        {isHidden || !pages ? null : data.length < total ? (
          <span>
            first <span className="font-medium text-fg">{formatBytes(data.length)}</span> of {formatBytes(total)}
          </span>
        ) : (
          formatBytes(total)
        )}
      </ValueBar>
      {query.error && !pages ? (
        <FailureState what="The value could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {isHidden ? null : as === "hex" ? <HexDump rows={hexRows(data)} /> : <TextBlock text={lenientText(data)} />}
      {query.hasNextPage ? (
        <div className="px-4 pt-2">
          <Button size="sm" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        </div>
      ) : null}
    </>
  );
}

function bytesOfPage(page: ValuePage): Uint8Array[] {
  return page.type === "string" && page.part.data !== null ? [bytesOf(page.part.data)] : [];
}
