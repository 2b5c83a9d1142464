import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { formatCount } from "@/lib/client/format";
import type { ValuePage } from "@/lib/contracts/key-values";

type Group = Extract<ValuePage, { type: "stream" }>["groups"][number];

export function StreamGroups({ groups }: { groups: readonly Group[] }) {
  return (
    <div className="pt-2">
      <Table label="Consumer groups">
        <thead>
          <tr>
            <HeadCell>Group</HeadCell>
            <HeadCell figure>Consumers</HeadCell>
            <HeadCell figure>Pending</HeadCell>
            <HeadCell figure>Last delivered</HeadCell>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Row key={group.name}>
              <Cell className="font-mono text-label">{group.name}</Cell>
              <Cell figure>{formatCount(group.consumers)}</Cell>
              <Cell figure>{formatCount(group.pending)}</Cell>
              <Cell figure className="font-mono text-label">
                {group.lastId}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
