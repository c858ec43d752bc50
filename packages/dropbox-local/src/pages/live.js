// Renews the parts of a page that are marked `data-live` when something in the account changes.

// Between two looks, in milliseconds: a program that writes a thousand files makes no thousand looks.
const PAUSE = 250;

const said = document.querySelector(".said");
let events = null;
let working = false;
let again = false;

async function renew() {
  again = true;
  if (working) return;
  working = true;
  while (again) {
    again = false;
    await look().catch(() => {}); // Nothing answers: the stream of events connects anew, and then this is called again.
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  working = false;
}

async function look() {
  const response = await fetch(location.href);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const news = page.getElementById(part.id);
    if (news === null) said.textContent = whyNot(response, page);
    else if (news.innerHTML !== part.innerHTML) replace(part, news);
  }
}

function whyNot(response, page) {
  if (response.redirected) return "You are logged out. Reload the page to log in again.";
  return page.querySelector("main p")?.textContent ?? "This page can't be renewed: reload it.";
}

/** Who stands on something in it stands there still, as far as it is there. */
function replace(part, news) {
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  part.replaceChildren(...news.childNodes);
  if (held === null || held === part) return;
  const same = [...part.querySelectorAll("a, button, summary, pre")].find((one) => titleOf(one) === titleOf(held));
  (same ?? part).focus();
}

function titleOf(element) {
  return `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent}`;
}

function listen() {
  events = new EventSource("/files/events");
  // Also at its beginning, for what changed before it.
  events.addEventListener("open", renew);
  events.addEventListener("message", renew);
}

// A page that nobody sees keeps no connection: browsers have only six for one site.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") listen();
  else events?.close();
});
if (document.visibilityState === "visible") listen();
