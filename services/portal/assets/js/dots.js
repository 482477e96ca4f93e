// countDots says how many dots are left while somebody places them.
export function countDots(root) {
  const form = root.querySelector("#ballot-form");
  if (!form) return;
  const left = form.querySelector("#dots-left");
  const inputs = [...form.querySelectorAll(".dot-input")];
  const show = () => {
    const used = inputs.reduce((sum, input) => sum + (Number(input.value) || 0), 0);
    left.textContent = `${left.dataset.left}: ${Number(form.dataset.dots) - used}`;
  };
  form.addEventListener("input", show);
  show();
}
