/** A list, as the side bar shows it. */
export function ExamplesIcon() {
  return (
    <svg
      height="1em"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      aria-hidden="true"
    >
      <path d="M2 3.5h1.5M2 8h1.5M2 12.5h1.5M6 3.5h8M6 8h8M6 12.5h8" strokeLinecap="round" />
    </svg>
  );
}
