/** Opens a dialog over the window, and gives the focus back to what had it when the dialog goes, however it goes. */
export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    dialog.close();
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (before instanceof HTMLElement && before.isConnected && lost) before.focus();
  };
}
