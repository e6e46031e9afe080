// Suggestions for fields with data-options (regions, industries): a datalist filled as one types.
const suggest = (input) => {
  const list = document.createElement("datalist");
  list.id = `${input.id}-options`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer, last = "";
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = input.value.trim();
      if (!text || text === last) return;
      last = text;
      const answer = await fetch(`${input.dataset.options}?q=${encodeURIComponent(text)}`);
      if (!answer.ok) return;
      const { options } = await answer.json();
      list.replaceChildren(...options.map((value) => Object.assign(document.createElement("option"), { value })));
    }, 180);
  });
};
const suggestAll = () => document.querySelectorAll("input[data-options]:not([list])").forEach(suggest);
// The CMS loads scripts of forms before the forms.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", suggestAll);
else suggestAll();
