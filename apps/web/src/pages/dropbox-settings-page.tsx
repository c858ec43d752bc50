import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LINK_PROBLEMS, type Link as LinkInfo, redirect } from "@twinfold/api";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { z } from "zod";
import { post } from "../api.ts";
import { BandwidthLimits } from "../components/bandwidth-limits.tsx";
import { IgnoreEditor } from "../components/ignore-editor.tsx";
import { InstanceSync } from "../components/instance-sync.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { Question } from "../components/question.tsx";
import { useTitle } from "../components/title.ts";
import { useInstances, useLink } from "../queries.ts";
import { bytesInWords, countInWords, problemInWords } from "../words.ts";

export function DropboxSettingsPage() {
  useTitle("Dropbox Sync");
  const link = useLink();
  const instances = useInstances();
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const problem = LINK_PROBLEMS.find((one) => one === search.get("problem"));
  const enable = useMutation({
    mutationFn: (otherAccount: boolean) => post("/api/dropbox/link", { otherAccount }, redirect),
    onSuccess: ({ url }) => location.assign(url),
  });
  const disconnect = useMutation({
    mutationFn: () => post("/api/dropbox/unlink", {}, z.object({})),
    onSuccess: () => {
      setSearch({});
      return client.invalidateQueries();
    },
  });
  // Where she may look only, nothing of hers runs: her Dropbox follows, and never the reverse.
  const roles = new Set(instances.data?.map(({ role }) => role));
  const onlyLooks = roles.size === 1 && roles.has("viewer");
  const broken = link.data?.revoked === true || instances.data?.some((one) => one.sync.state === "reconnect") === true;
  return (
    <>
      <h1>Dropbox Sync</h1>
      {problem !== undefined && link.data !== undefined && (
        <Notice tone="warn">{problemInWords(problem, link.data.account !== null)}</Notice>
      )}
      {search.get("linked") !== null && link.data?.account != null && (
        <Notice tone="good">
          Your Dropbox is linked.{" "}
          {onlyLooks
            ? "It follows the files of each instance of which you keep a copy there, as you choose below."
            : "Running applications sync from now on; others when they start, or always where you set it so."}
        </Notice>
      )}
      {broken && (
        <Notice tone="bad">Dropbox no longer accepts this link. Nothing is lost: connect again to go on.</Notice>
      )}
      <Failure error={link.error ?? enable.error ?? disconnect.error} />
      {link.isPending && <p className="quiet">Asking about your link.</p>}
      {link.data?.account === null && (
        <NotLinked
          appName={link.data.appName}
          onlyLooks={onlyLooks}
          busy={enable.isPending}
          onEnable={() => enable.mutate(false)}
        />
      )}
      {link.data?.account != null && (
        <Linked
          link={link.data}
          busy={enable.isPending || disconnect.isPending}
          waiting={(instances.data ?? []).reduce((sum, { sync: { pending } }) => sum + pending.up + pending.down, 0)}
          onReconnect={broken ? () => enable.mutate(false) : null}
          onOther={() => enable.mutate(true)}
          onDisconnect={() => disconnect.mutate()}
        />
      )}
      {link.data?.account != null && instances.data?.map((one) => <InstanceSync key={one.id} instance={one} />)}
      {link.data?.account != null && <BandwidthLimits />}
      {instances.data?.map((one) => (
        <IgnoreEditor key={one.id} instance={one} />
      ))}
    </>
  );
}

function NotLinked(props: {
  readonly appName: string;
  readonly onlyLooks: boolean;
  readonly busy: boolean;
  readonly onEnable: () => void;
}) {
  return (
    <section className="card">
      <h2>Not linked</h2>
      <p>
        {props.onlyLooks
          ? "Link a Dropbox account, and it can follow the files of your instances: you choose of which you keep a copy there."
          : "Link a Dropbox account, and the files of your instances are in it as well, both ways, while your applications run, or always."}{" "}
        Any account will do; its e-mail address need not be yours here.
      </p>
      <p>
        Twinfold sees its own folder only, <b>Apps › {props.appName}</b>, and nothing else of your Dropbox.
      </p>
      <button type="button" className="primary" onClick={props.onEnable} disabled={props.busy}>
        {props.busy ? "Going to Dropbox" : "Enable Access"}
      </button>
    </section>
  );
}

function Linked(props: {
  readonly link: LinkInfo;
  readonly busy: boolean;
  /** Changes that are not synced yet, in all instances. */
  readonly waiting: number;
  readonly onReconnect: (() => void) | null;
  readonly onOther: () => void;
  readonly onDisconnect: () => void;
}) {
  const { account, space, appName } = props.link;
  const [asking, setAsking] = useState(false);
  if (account === null) return null;
  return (
    <section className="card">
      <h2>Linked to {account.name}</h2>
      <dl>
        <dt>Account</dt>
        <dd>{account.email}</dd>
        <dt>Folder</dt>
        <dd>Apps › {appName} › Organization › Space › Instance</dd>
        <dt>Space used</dt>
        <dd>
          {space === null ? (
            "Dropbox does not say at the moment"
          ) : (
            <>
              <meter value={space.used} max={Math.max(1, space.allocated)} aria-label="Space used" />{" "}
              <span className="nowrap">
                {bytesInWords(space.used)} of {bytesInWords(space.allocated)}
              </span>
            </>
          )}
        </dd>
      </dl>
      <div className="row">
        {props.onReconnect !== null && (
          <button type="button" className="primary" onClick={props.onReconnect} disabled={props.busy}>
            Reconnect
          </button>
        )}
        <button type="button" onClick={props.onOther} disabled={props.busy}>
          Use another Dropbox account
        </button>
        <button type="button" onClick={() => setAsking(true)} disabled={props.busy}>
          Disconnect
        </button>
      </div>
      {asking && (
        <Question
          title={`Disconnect the Dropbox of ${account.name}?`}
          yes="Disconnect"
          onYes={() => {
            setAsking(false);
            props.onDisconnect();
          }}
          onNo={() => setAsking(false)}
        >
          <p>
            Nothing is synced from then on, and Twinfold no longer sees this Dropbox. Your files stay as they are, here
            and in Apps › {appName} there. Link the account again, and sync goes on where it ended.
          </p>
          {props.waiting > 0 && (
            <p>What is not synced yet ({countInWords(props.waiting, "change")}) stays on the side where it is.</p>
          )}
        </Question>
      )}
    </section>
  );
}
