import { SectionHeader } from "@/components/ui/page-header";
import { ToneMark } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { formatDuration } from "@/lib/client/format";
import type { LockHolding } from "@/lib/contracts/locks";
import { Age } from "./age";
import { Party } from "./party";

const ENDS: Record<LockHolding["ended"], { tone: Tone; text: string }> = {
  held: { tone: "running", text: "held" },
  released: { tone: "ok", text: "released" },
  forced: { tone: "warn", text: "forced" },
  lapsed: { tone: "bad", text: "never given back" },
};

/** One holder after another, newest first. */
export function LockHistory({ history, ahead }: { history: readonly LockHolding[]; ahead: number }) {
  return (
    <section>
      <SectionHeader
        title="Holders"
        note={history.length === 0 ? "none on record" : "newest first; short ones are noted in part"}
      />
      {history.length === 0 ? null : (
        <Table label="Holders" className="table-fixed">
          <thead>
            <tr>
              <HeadCell className="w-24">Acquired</HeadCell>
              <HeadCell>Holder</HeadCell>
              <HeadCell figure className="w-20">
                For
              </HeadCell>
              <HeadCell className="w-36">Ended</HeadCell>
            </tr>
          </thead>
          <tbody>
            {history.map((holding) => (
              <Holding key={holding.id} holding={holding} ahead={ahead} />
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}

function Holding({ holding, ahead }: { holding: LockHolding; ahead: number }) {
  const { party, acquiredAt, endedAt, ended, by, fence } = holding;
  const { tone, text } = ENDS[ended];
  return (
    <Row>
      <Cell>{acquiredAt === null ? "–" : <Time at={acquiredAt + ahead} />}</Cell>
      <Cell title={fence === null ? undefined : `fence ${fence}`}>
        <Party party={party} />
      </Cell>
      <Cell figure>
        {acquiredAt === null ? (
          "–"
        ) : endedAt === null ? (
          <Age since={acquiredAt + ahead} />
        ) : (
          formatDuration(endedAt - acquiredAt)
        )}
      </Cell>
      <Cell className="truncate" title={by === null ? undefined : `by ${by}`}>
        <span className="inline-flex items-center gap-1.5 align-middle">
          {ended === "held" ? null : <ToneMark tone={tone} />}
          {by === null ? text : `${text} by ${by}`}
        </span>
      </Cell>
    </Row>
  );
}
