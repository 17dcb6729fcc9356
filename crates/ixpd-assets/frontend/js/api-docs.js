// The API documentation page: search, links that open what they point to, and requests sent with the visitor's session.
import { requestForms } from "./api-docs-try.js";

const nav = document.querySelector(".docs-nav");
const search = document.getElementById("docs-search");
const items = [...document.querySelectorAll(".docs-item")].map((element) => ({
  element,
  kind: element.dataset.kind,
  link: nav.querySelector(`a[href="#${CSS.escape(element.id)}"]`),
}));
let opened = [];

// Method, path, summary, group, access and names of fields; not the examples, which match nearly everything.
function words(item) {
  if (!item.words) {
    const texts = [...item.element.querySelectorAll("summary, th code, .facts")].map((part) => part.textContent);
    texts.push(item.element.parentElement.querySelector("h2").firstChild.textContent);
    item.words = texts.join(" ").toLowerCase();
  }
  return item.words;
}

function filter() {
  const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = { operation: 0, type: 0 };
  for (const item of items) {
    const matches = terms.every((term) => words(item).includes(term));
    item.element.hidden = !matches;
    item.link.parentElement.hidden = !matches;
    if (matches) counts[item.kind] += 1;
  }
  for (const group of document.querySelectorAll(".docs-group")) {
    group.hidden = !group.querySelector(".docs-item:not([hidden])");
  }
  document.querySelector(".docs-intro").hidden = terms.length > 0;
  document.querySelector(".docs-none").hidden = counts.operation + counts.type > 0;
  document.querySelector(".docs-count").textContent = terms.length
    ? `${plural(counts.operation, "operation")}, ${plural(counts.type, "type")}`
    : "";
  filterNavigation(terms.length > 0);
}

// Groups open for a search close again after it, unless the visitor opened them.
function filterNavigation(searching) {
  const groups = [...nav.querySelectorAll("details")];
  if (searching && !nav.dataset.searching) opened = groups.filter((group) => group.open);
  for (const group of groups) {
    const matches = group.querySelectorAll("li:not([hidden])").length;
    group.hidden = matches === 0;
    group.querySelector("summary .muted").textContent = matches;
    if (searching) group.open = matches > 0;
    else if (nav.dataset.searching) group.open = opened.includes(group);
  }
  if (searching) nav.dataset.searching = "true";
  else delete nav.dataset.searching;
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

// Opens what a fragment names, and shows where that is in the navigation.
function reveal(fragment) {
  const item = items.find(({ element }) => `#${element.id}` === fragment);
  nav.querySelector("[aria-current]")?.removeAttribute("aria-current");
  if (!item) return;
  if (item.element.hidden) {
    search.value = "";
    filter();
  }
  item.element.open = true;
  item.link.setAttribute("aria-current", "location");
  item.link.closest("details").open = true;
  item.element.scrollIntoView();
  item.link.scrollIntoView({ block: "nearest" });
}

search.addEventListener("input", () => {
  filter();
  const results = document.querySelector(".docs-main");
  if (results.getBoundingClientRect().top < 0) results.scrollIntoView();
});
addEventListener("hashchange", () => reveal(location.hash));
// A link to the fragment that is shown already changes no address.
document.querySelector(".docs").addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) reveal(link.hash);
});
// A browser that comes back in the history keeps what was typed.
if (search.value) filter();
reveal(location.hash);
requestForms();
