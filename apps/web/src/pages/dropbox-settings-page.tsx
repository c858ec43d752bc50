import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Instance, LINK_PROBLEMS, type Link as LinkInfo, redirect, syncDetails } from "@twinfold/api";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearchParams } from "react-router";
import { z } from "zod";
import { post } from "../api.ts";
import { BandwidthLimits } from "../components/bandwidth-limits.tsx";
import { Conflicts } from "../components/conflicts.tsx";
import { IgnoreEditor } from "../components/ignore-editor.tsx";
import { ListedItems } from "../components/listed-items.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { Question } from "../components/question.tsx";
import { StatusDetails, syncAnchor } from "../components/status-pill.tsx";
import { useTitle } from "../components/title.ts";
import { useInstances, useLink, useSyncDetails } from "../queries.ts";
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
  const broken = link.data?.revoked === true || instances.data?.some((one) => one.sync.state === "reconnect") === true;
  return (
    <>
      <h1>Dropbox Sync</h1>
      {problem !== undefined && link.data !== undefined && (
        <Notice tone="warn">{problemInWords(problem, link.data.account !== null)}</Notice>
      )}
      {search.get("linked") !== null && link.data?.account != null && (
        <Notice tone="good">
          Your Dropbox is linked. Running applications sync from now on; others when they start, or always where you set
          it so.
        </Notice>
      )}
      {broken && (
        <Notice tone="bad">Dropbox no longer accepts this link. Nothing is lost: connect again to go on.</Notice>
      )}
      <Failure error={link.error ?? enable.error ?? disconnect.error} />
      {link.isPending && <p className="quiet">Asking about your link.</p>}
      {link.data?.account === null && (
        <NotLinked appName={link.data.appName} busy={enable.isPending} onEnable={() => enable.mutate(false)} />
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

function NotLinked(props: { readonly appName: string; readonly busy: boolean; readonly onEnable: () => void }) {
  return (
    <section className="card">
      <h2>Not linked</h2>
      <p>
        Link a Dropbox account, and the files of your instances are in it as well, both ways, while your applications
        run, or always. Any account will do; its e-mail address need not be yours here.
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

function InstanceSync({ instance }: { readonly instance: Instance }) {
  const details = useSyncDetails(instance.id);
  const client = useQueryClient();
  const command = useMutation({
    mutationFn: (word: string) => post(`/api/instances/${instance.id}/sync`, { command: word }, syncDetails),
    onSuccess: () => client.invalidateQueries({ queryKey: ["instances"] }),
  });
  const { sync } = instance;
  const paused = sync.state === "paused";
  const card = useCalledFor(syncAnchor(instance.id));
  return (
    <section className="card" id={syncAnchor(instance.id)} ref={card} tabIndex={-1}>
      <h2>
        {instance.name} <span className="quiet path">{instance.remotePath}</span>
      </h2>
      <StatusDetails status={sync} />
      <Failure error={command.error} />
      {instance.applications.length === 0 && !instance.alwaysOn && (
        <p>
          <Link to={`/instances/${instance.id}/applications`}>
            {instance.role === "viewer"
              ? "Keep a copy of these files in your Dropbox"
              : "Start an application, or set it to always on"}
          </Link>
        </p>
      )}
      {(instance.applications.length > 0 || instance.alwaysOn) && (
        <div className="row">
          <button
            type="button"
            onClick={() => command.mutate(paused ? "resume" : "pause")}
            disabled={command.isPending}
          >
            {paused ? "Resume" : "Pause"}
          </button>
          {sync.held > 0 && !sync.folderGone && (
            <>
              <button type="button" onClick={() => command.mutate("apply held")}>
                Apply {countInWords(sync.held, "deletion")}
              </button>
              <button type="button" onClick={() => command.mutate("bring back held")}>
                Bring the files back
              </button>
            </>
          )}
          {sync.folderGone && (
            <>
              <button type="button" onClick={() => command.mutate("apply held")}>
                {instance.role === "viewer" ? "Leave it so" : "Delete the files here too"}
              </button>
              <button type="button" onClick={() => command.mutate("bring back held")}>
                Bring the folder back
              </button>
            </>
          )}
        </div>
      )}
      <ListedItems
        title="Deletions that wait for your word"
        items={(details.data?.held ?? []).map(({ path, side }) => [
          path,
          side === "remote" ? "deleted here, still in Dropbox" : "deleted in Dropbox, still here",
        ])}
        of={sync.held}
      />
      <Conflicts instance={instance} conflicts={details.data?.conflicts ?? []} />
      <ListedItems
        title="Not synced"
        items={(details.data?.notSynced ?? []).map(({ path, reason, fix }) => [
          path,
          fix === null ? reason : `${reason.replace(/[.]$/, "")}. ${fix.sentence}`,
        ])}
        of={sync.notSynced}
      />
    </section>
  );
}

/** Brought into view, and to the keyboard, when a link names it. @returns what to put on the element */
function useCalledFor(anchor: string) {
  const element = useRef<HTMLElement>(null);
  const { hash, key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` changes when the same link is followed again
  useEffect(() => {
    // Something in it may have been called for, and be there already.
    if (hash === `#${anchor}` && element.current?.contains(document.activeElement) === false) element.current.focus();
  }, [anchor, hash, key]);
  return element;
}
