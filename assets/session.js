// The end of a session: a dialog in time to put it off, and afterwards the way back with what was typed.
// Another tab may have put the end off, so the server is asked before anything is said.
export function watchSession() {
  const dialog = document.querySelector("dialog[data-session-end]");
  if (!dialog) return;
  const { status, again } = dialog.dataset;
  const warn = Number(dialog.dataset.warn);
  let timer;

  const later = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(seconds, 1) * 1000);
  };
  const ask = async (headers) => {
    const answer = await fetch(status, { headers: { Accept: "application/json", ...headers } });
    return answer.status === 401 ? { seconds: 0 } : answer.json();
  };
  const show = (part) => {
    for (const one of ["soon", "over"]) dialog.querySelector(`[data-${one}]`).hidden = one !== part;
    const title = dialog.querySelector(`[data-${part}] h2`);
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.classList.toggle("os-dialog--over", part === "over");
    if (!dialog.open) dialog.showModal();
    title.focus();
  };
  const look = async () => {
    let end;
    try {
      end = await ask({ "X-Background": "1" });
    } catch {
      return later(10); // no network: the server will say when it is back
    }
    if (end.seconds <= 0) return show("over");
    if (end.seconds > warn + 1) {
      dialog.close();
      return later(end.seconds - warn);
    }
    const moment = dialog.querySelector("[data-at]");
    moment.dateTime = end.at;
    moment.textContent = new Date(end.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    dialog.querySelector("[data-stay]").hidden = !end.can_extend;
    if (!dialog.open) show("soon");
    later(Math.min(end.seconds, 10)); // another tab may put it off
  };

  dialog.querySelector("[data-stay]").addEventListener("click", async () => {
    await ask({}).catch(() => null);
    dialog.close();
    look();
  });
  dialog.addEventListener("cancel", (event) => {
    if (dialog.classList.contains("os-dialog--over")) event.preventDefault();
  });
  dialog.querySelector("button[data-again]").addEventListener("click", () => {
    const form = document.querySelector("form[data-keeps]");
    if (form) form.submit();
    else window.location.assign(again);
  });
  later(Number(dialog.dataset.seconds) - warn);
}
