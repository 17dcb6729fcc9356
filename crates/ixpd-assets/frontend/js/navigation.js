// The side navigation at phone width. Its link works by fragment alone; here it becomes a button that keeps focus in order.
export function navigation() {
  const nav = document.getElementById("site-nav");
  const toggle = document.querySelector(".nav-toggle");
  if (!nav || !toggle) return;

  const isOpen = () => document.documentElement.classList.contains("nav-open");
  const set = (open) => {
    document.documentElement.classList.toggle("nav-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    if (open) nav.querySelector("a").focus();
    else toggle.focus();
  };

  toggle.setAttribute("role", "button");
  toggle.setAttribute("aria-expanded", "false");
  toggle.addEventListener("click", (event) => {
    event.preventDefault();
    set(!isOpen());
  });
  toggle.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    set(!isOpen());
  });
  for (const closer of document.querySelectorAll(".nav-close, .nav-backdrop")) {
    closer.addEventListener("click", (event) => {
      event.preventDefault();
      set(false);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) set(false);
  });
}
