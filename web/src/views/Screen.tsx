import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface HeadingProps {
  text: string;
  mark?: string | undefined;
  good?: boolean;
}

/** A screen's heading. It gets the focus, so that a screen reader begins there. */
export function Heading({ text, mark, good }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = text;
    heading.current?.focus();
  }, [text]);
  return (
    <header class="heading">
      {mark && (
        <span class={good ? "mark good" : "mark"} aria-hidden="true">
          {mark}
        </span>
      )}
      <h1 tabIndex={-1} ref={heading}>
        {text}
      </h1>
    </header>
  );
}

/** The first letter of a name: there are no logos, which would come from somewhere else. */
export function monogram(name: string): string {
  return ([...name.trim()][0] ?? "?").toUpperCase();
}

interface NoticeProps {
  title: string;
  text: string;
  mark?: string;
  good?: boolean;
  children?: ComponentChildren;
}

/** A screen that says one thing. */
export function Notice({ title, text, mark, good = false, children }: NoticeProps) {
  return (
    <div class="notice">
      <Heading text={title} mark={mark} good={good} />
      <p class="quiet">{text}</p>
      {children}
    </div>
  );
}
