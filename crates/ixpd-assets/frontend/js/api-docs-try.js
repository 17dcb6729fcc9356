const TIMEOUT_MS = 60_000;
const SHOWN_BYTES = 256 * 1024;

// <form data-try="PATH">: sends a GET request with the visitor's session and shows the answer. Fields say by data-in
// whether they fill a {name} of the path or stand in the query.
export function requestForms() {
  for (const form of document.querySelectorAll("form[data-try]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      await send(form);
      button.removeAttribute("aria-disabled");
    });
  }
}

async function send(form) {
  const status = form.querySelector("[role=status]");
  const body = form.querySelector("pre");
  const url = address(form);
  status.textContent = `Sending GET ${url} …`;
  const started = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { signal, credentials: "same-origin", cache: "no-store" });
    const { text, complete } = await read(response);
    const type = response.headers.get("content-type") ?? "";
    const facts = [
      `${response.status} ${response.statusText}`.trim(),
      `${Math.round(performance.now() - started)} ms`,
      type || "no content type",
      response.redirected ? `redirected to ${response.url}` : "",
      complete ? "" : `the first ${SHOWN_BYTES / 1024} KiB`,
    ];
    status.textContent = facts.filter(Boolean).join(" · ");
    body.firstElementChild.textContent = complete ? pretty(text, type) : text;
    body.hidden = text === "";
  } catch (error) {
    const late = error.name === "TimeoutError";
    status.textContent = late ? `No answer within ${TIMEOUT_MS / 1000} seconds.` : `The request failed: ${error.message}`;
    body.hidden = true;
  }
}

function address(form) {
  let path = form.dataset.try;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-in]")) {
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, () => encodeURIComponent(field.value));
    else if (field.name.endsWith("[]")) {
      for (const value of field.value.split(",").filter(Boolean)) query.append(field.name, value.trim());
    } else if (field.value) query.append(field.name, field.value);
  }
  const search = String(query);
  return search ? `${path}?${search}` : path;
}

// Reads a bounded part of the body, so that a large answer doesn't stop the page.
async function read(response) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value.subarray(0, SHOWN_BYTES - size), { stream: true });
    size += value.length;
    if (size > SHOWN_BYTES) {
      await reader.cancel();
      return { text, complete: false };
    }
  }
  return { text: text + decoder.decode(), complete: true };
}

function pretty(text, type) {
  if (!/[/+]json\b/.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
