import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { refresh } from "./refresh.ts";

it("lets a page that somebody waits for come before it fetches anew", async () => {
  const client = new QueryClient();
  const asked: number[] = [];
  let deliver = () => {};
  const observer = new InfiniteQueryObserver(client, {
    queryKey: ["list"],
    initialPageParam: 0,
    getNextPageParam: (page: number) => page + 1,
    queryFn: async ({ pageParam }) => {
      asked.push(pageParam);
      if (pageParam > 0 && asked.length === 2) await new Promise<void>((resolve) => (deliver = resolve));
      return pageParam;
    },
  });
  const leave = observer.subscribe(() => {});
  await vi.waitFor(() => expect(observer.getCurrentResult().data?.pages).toEqual([0]));

  const more = observer.fetchNextPage();
  await vi.waitFor(() => expect(asked).toEqual([0, 1]));
  refresh(client, []);
  deliver();
  expect((await more).data?.pages).toEqual([0, 1]);
  await vi.waitFor(() => expect(asked).toEqual([0, 1, 0, 1]));
  leave();
  client.clear();
});
