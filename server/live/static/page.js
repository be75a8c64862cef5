// Renews the board from the server's stream, and says the latest response aloud; without this script the page stands still.
"use strict";

const board = document.getElementById("board");
const status = document.getElementById("status");
const announcement = document.getElementById("announcement");
const language = document.documentElement.lang;
let shown = "";

function latestPress() {
  return board.querySelector("[data-press]");
}

function pressIds() {
  return new Set([...board.querySelectorAll("[data-press]")].map((item) => item.dataset.press));
}

// What is new is marked, so that the eye finds it; what is the same is left in place.
function renew(html) {
  if (html === shown) {
    return;
  }
  shown = html;
  const known = pressIds();
  const wasEmpty = known.size === 0;
  const fresh = document.createElement("div");
  fresh.innerHTML = html;
  fresh.querySelectorAll("[data-press]").forEach((item) => {
    if (!known.has(item.dataset.press)) {
      item.classList.add("new");
    }
  });
  const spoken = latestPress()?.dataset.press;
  board.replaceChildren(...fresh.childNodes);
  const latest = latestPress();
  if (latest && (wasEmpty || latest.dataset.press !== spoken)) {
    announcement.textContent = latest.dataset.said;
  }
}

function say(state) {
  status.textContent = status.dataset[state];
  status.className = "status " + state;
}

const source = new EventSource("/live/events?lang=" + encodeURIComponent(language));
source.addEventListener("open", () => say("live"));
source.addEventListener("error", () => say("lost"));
source.addEventListener("board", (event) => renew(JSON.parse(event.data)));
