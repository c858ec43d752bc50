/** A systemd user unit (systemd.service(5)) that keeps one root in sync from its user's login on. */

export interface ServiceUnit {
  readonly root: string;
  /** What is run, word by word. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Codes after which another try would end the same way. */
  readonly finalCodes: readonly number[];
}

/** `twinfold@home-ada-work.service`: what systemd-escape(1) makes of the path with `--path`. */
export function unitName(root: string): string {
  const path = root.replace(/^\/+|\/+$/g, "");
  const bytes = [...Buffer.from(path === "" ? "/" : path)];
  const escaped = bytes.map((byte, index) => {
    const letter = String.fromCharCode(byte);
    if (path === "" || letter === "/") return "-";
    if (/[A-Za-z0-9:_]/.test(letter) || (letter === "." && index > 0)) return letter;
    return `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `twinfold@${escaped.join("")}.service`;
}

export function unitText({ root, command, environment, finalCodes }: ServiceUnit): string {
  const variables = Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`);
  return `[Unit]
Description=Twinfold keeps ${root.replaceAll("%", "%%").replace(/\s/g, " ")} and a Dropbox folder the same
Documentation=man:twinfold(1)
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${command.map(commandWord).join(" ")}
${variables.map((line) => `${line}\n`).join("")}Restart=on-failure
RestartSec=10
RestartPreventExitStatus=${finalCodes.join(" ")}
# What is under way is finished first.
TimeoutStopSec=90
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;
}

/** One word in double quotes, in which systemd would take backslashes and per cent signs for more. */
function quoted(word: string): string {
  const plain = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("\n", "\\n");
  return `"${plain}"`;
}

/** In a command line a dollar sign is one more. */
const commandWord = (word: string): string => quoted(word).replaceAll("$", "$$$$");
