// Small helpers; every page works without them.
document.querySelector("[data-focus]")?.focus();

// A form is sent once: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

document.addEventListener("click", (event) => {
  const printer = event.target.closest("[data-print]");
  if (printer) window.print();
});

// A password can be looked at while it is typed; it is hidden again before it is sent.
document.querySelectorAll("input[type=password]").forEach((input) => {
  const { show, hide } = document.body.dataset;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button reveal", textContent: show });
  const set = (open) => {
    input.type = open ? "text" : "password";
    button.textContent = open ? hide : show;
    button.setAttribute("aria-pressed", String(open));
  };
  button.addEventListener("click", () => set(input.type === "password"));
  input.form?.addEventListener("submit", () => set(false));
  set(false);
  input.after(button);
});

// Files over the limit are refused before they are sent.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.dataset.maxBytes) return;
  const large = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
  document.getElementById(`${input.id}-too-large`)?.remove();
  if (!large) return;
  input.value = "";
  const told = Object.assign(document.createElement("p"), { id: `${input.id}-too-large`, className: "error", textContent: input.dataset.tooLarge });
  told.setAttribute("role", "alert");
  input.after(told);
});

// Menus close by Escape, by a press elsewhere, and when the focus leaves them.
const closeMenus = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// On a phone the bar of entries scrolls: show the one we are on.
document.querySelectorAll(".side-nav, .site-nav, .section-nav, .search-kinds").forEach((bar) => {
  const here = bar.querySelector("[aria-current]");
  if (here && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
});
