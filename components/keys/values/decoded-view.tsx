"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FailureState } from "@/components/ui/failure-state";
import { SkeletonRows, useSkeleton } from "@/components/ui/skeleton";
import { recognisedAs } from "@/lib/client/keys/decoders";
import { type Decoder, keyQueries } from "@/lib/client/keys/queries";
import type { Decoded } from "@/lib/contracts/key-values";
import { MaskNotice } from "./mask-notice";
import { RawView } from "./raw-view";
import { TextBlock } from "./text-block";
import { ValueBar } from "./value-bar";
import type { ValueProps } from "./value-pane";

interface DecodedProps extends ValueProps {
  as: Decoder;
  decoder: ReactNode;
  /** One element instead of the whole value. */
  element?: string;
}

export function DecodedView({ as, decoder, element, ...props }: DecodedProps) {
  const { detail, reveal } = props;
  const query = useQuery({ ...keyQueries.decoded(detail.k, as, element, reveal), placeholderData: keepPreviousData });
  const { data } = query;
  const showsSkeleton = useSkeleton(query.isPending);
  // Bytes of no known format: the dump of the bytes themselves fits the pane, the server's text may not.
  if (data?.recognised.join() === "hex" && element === undefined) {
    return <RawView {...props} as="hex" decoder={decoder} />;
  }
  return (
    <>
      {data?.masked || reveal ? <MaskNotice {...props} /> : null}
      <ValueBar decoder={decoder}>{data ? <Recognised data={data} as={as} /> : null}</ValueBar>
      {showsSkeleton ? <SkeletonRows rows={3} /> : null}
      {query.error && !data ? (
        <FailureState what="The value could not be read" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {data?.text === null && !data.masked ? (
        <p className="px-4 py-2 text-muted">{data.because ?? "Could not be decoded."}</p>
      ) : null}
      {data?.text === "" ? <p className="px-4 py-2 text-muted">Empty: 0 bytes.</p> : null}
      {data?.text ? (
        <TextBlock
          text={data.text}
          isJson={isJsonLike(data)}
          cut={data.truncated ? "The rest was cut; download it to have it whole." : null}
        />
      ) : null}
    </>
  );
}

function Recognised({ data, as }: { data: Decoded; as: Decoder }) {
  if (data.recognised.length === 0) return null;
  return (
    <span>
      {as === "auto" ? "recognised as " : "read as "}
      <span className="font-medium text-fg">{recognisedAs(data.recognised)}</span>
    </span>
  );
}

function isJsonLike({ recognised }: Decoded): boolean {
  return ["json", "msgpack", "v8"].includes(recognised.at(-1) ?? "");
}
