import { TERMINAL } from "@twinfold/api";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { IdleNotice } from "../components/idle-notice.tsx";
import { EmptyState } from "../components/notice.tsx";
import { StatusPill } from "../components/status-pill.tsx";
import { useTitle } from "../components/title.ts";
import { withoutInlineStyles } from "../terminal-document.ts";
import { useInstance } from "./instance-pages.tsx";

/** Milliseconds until a broken connection is made again. */
const AGAIN = 1_000;

export function TerminalPage() {
  const instance = useInstance();
  const { id } = instance;
  const application = instance.applications.find(({ kind }) => kind === TERMINAL);
  useTitle(`Terminal of ${instance.name}`);
  return (
    <div className="terminal-page">
      <div className="row">
        <h1>Terminal</h1>
        <StatusPill instance={instance} />
        <Link to={`/instances/${id}/applications`}>Applications</Link>
      </div>
      {application !== undefined && <IdleNotice application={application} />}
      {application === undefined ? (
        <EmptyState title="The terminal has ended">
          <p>
            <Link to={`/instances/${id}/applications`}>Start it again</Link>
          </p>
        </EmptyState>
      ) : (
        <TerminalView key={application.id} applicationId={application.id} />
      )}
    </div>
  );
}

function TerminalView({ applicationId }: { readonly applicationId: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [connected, setConnected] = useState(false);
  const [tabLeaves, setTabLeaves] = useState(false);
  const help = useId();
  useEffect(() => {
    if (place.current === null) return;
    const inlineStylesAgain = withoutInlineStyles();
    const terminal = new Terminal({ cursorBlink: true, fontSize: 14, convertEol: false, screenReaderMode: true });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(place.current);
    terminal.textarea?.setAttribute("aria-describedby", help);
    // Who goes to the terminal's page means to type; later it is theirs to say where they are.
    terminal.focus();
    // Programs need the Tab key, and whoever has no mouse needs it to go on from here (WCAG 2.1.2): a key switches.
    let leaves = false;
    const letTabLeave = (yes: boolean) => {
      leaves = yes;
      setTabLeaves(yes);
    };
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.key.toLowerCase() === "m" && event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey) {
        if (event.type === "keydown") letTabLeave(!leaves);
        event.preventDefault();
        return false;
      }
      if (event.key !== "Tab") return true;
      // Typed, it moves the focus in neither direction; xterm by itself sends Shift+Tab and lets it go back as well.
      if (!leaves) event.preventDefault();
      return !leaves;
    });
    const left = () => letTabLeave(false);
    terminal.textarea?.addEventListener("blur", left);
    const encoder = new TextEncoder();
    let socket: WebSocket | null = null;
    let timer: number | undefined;
    let gone = false;
    const tellSize = () => {
      fit.fit();
      if (socket?.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify({ columns: Math.max(2, terminal.cols), rows: Math.max(1, terminal.rows) }));
      }
    };
    const connect = () => {
      const address = new URL(`/api/applications/${applicationId}/terminal`, location.href);
      address.protocol = address.protocol.replace("http", "ws");
      socket = new WebSocket(address);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => {
        // The server sends what was printed before.
        terminal.reset();
        setConnected(true);
        tellSize();
      };
      socket.onmessage = (event) => terminal.write(new Uint8Array(event.data as ArrayBuffer));
      socket.onclose = (event) => {
        setConnected(false);
        if (!gone && event.code < 4000) timer = window.setTimeout(connect, AGAIN);
      };
    };
    const typing = terminal.onData((data) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(encoder.encode(data));
    });
    const observer = new ResizeObserver(tellSize);
    observer.observe(place.current);
    connect();
    return () => {
      gone = true;
      window.clearTimeout(timer);
      observer.disconnect();
      typing.dispose();
      socket?.close();
      terminal.dispose();
      inlineStylesAgain();
    };
  }, [applicationId, help]);
  return (
    <>
      <div className="terminal" ref={place} data-connected={connected} />
      <div className="row terminal-foot quiet">
        <span aria-live="polite">{connected ? "Connected." : "Connecting to the terminal."}</span>
        <span id={help} aria-live="polite">
          {tabLeaves ? (
            <>
              Tab goes on to the next control; <kbd>Ctrl</kbd>+<kbd>M</kbd> gives it back to the terminal.
            </>
          ) : (
            <>
              Tab is typed into the terminal; <kbd>Ctrl</kbd>+<kbd>M</kbd> lets it leave.
            </>
          )}
        </span>
      </div>
    </>
  );
}
