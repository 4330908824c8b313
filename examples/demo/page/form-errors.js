/** Shows what was refused in the form's error line, and marks the fields. Without an error, removes both. */
export function showError(form, error) {
  const line = form.querySelector('.error') ?? form.parentElement.querySelector('.error');
  line.textContent = error?.message ?? '';
  for (const input of form.querySelectorAll('input')) {
    const isInvalid = input.name in (error?.fields ?? {});
    input.setAttribute('aria-invalid', isInvalid);
    if (isInvalid) input.focus();
  }
}
