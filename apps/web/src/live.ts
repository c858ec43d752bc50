import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type EventName, events, type Instance, type SyncStatus } from "@twinfold/api";
import { useEffect } from "react";

/** Milliseconds until events are asked for again where the browser has given up. */
const AGAIN = 2_000;

/** Keeps what is shown equal to what the server tells as it happens; after a broken connection everything is asked anew. */
export function useLiveEvents(enabled: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    let source: EventSource;
    let timer: number | undefined;
    let broken = false;
    const listen = () => {
      source = new EventSource("/api/events");
      source.onopen = () => {
        if (broken) void client.invalidateQueries();
        broken = false;
      };
      source.onerror = () => {
        broken = true;
        if (source.readyState !== EventSource.CLOSED) return;
        // The server refused, and browsers don't try again then: perhaps the login has ended.
        void client.invalidateQueries({ queryKey: ["me"] });
        timer = window.setTimeout(listen, AGAIN);
      };
      for (const name of EVENT_NAMES) {
        source.addEventListener(name, (event) => take(client, name, JSON.parse(event.data)));
      }
    };
    listen();
    return () => {
      window.clearTimeout(timer);
      source.close();
    };
  }, [client, enabled]);
}

const EVENT_NAMES = Object.keys(events) as EventName[];

function take(client: QueryClient, name: EventName, data: unknown): void {
  switch (name) {
    case "sync": {
      const { instanceId, status } = events.sync.parse(data);
      change(client, instanceId, { sync: status });
      void client.invalidateQueries({ queryKey: ["sync", instanceId] });
      break;
    }
    case "application": {
      const { instanceId, applications, ended } = events.application.parse(data);
      change(client, instanceId, { applications, ended });
      break;
    }
    case "activity":
      void client.invalidateQueries({ queryKey: ["activity", events.activity.parse(data).instanceId] });
      break;
    case "distribution": {
      const { instanceId } = events.distribution.parse(data);
      for (const queryKey of [["distributions"], ["distribution notices"], ["files", instanceId]])
        void client.invalidateQueries({ queryKey });
      break;
    }
    case "undo": {
      const { instanceId, isRunning } = events.undo.parse(data);
      void client.invalidateQueries({ queryKey: ["undos", instanceId] });
      if (!isRunning) void client.invalidateQueries({ queryKey: ["activity", instanceId] });
      break;
    }
    case "link":
    case "hierarchy":
      void client.invalidateQueries();
      break;
    default:
      name satisfies never;
  }
}

function change(
  client: QueryClient,
  id: string,
  part: { sync: SyncStatus } | Pick<Instance, "applications" | "ended">,
): void {
  client.setQueryData<Instance[]>(["instances"], (known) =>
    known?.map((one) => (one.id === id ? { ...one, ...part } : one)),
  );
  // An answer that is still on its way was given before this happened: it is asked for anew.
  if (client.isFetching({ queryKey: ["instances"] }) > 0) void client.invalidateQueries({ queryKey: ["instances"] });
}
