// The poster: a button that prints it, where there is one to press.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
