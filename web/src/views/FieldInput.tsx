import { useState } from "preact/hooks";
import { type Field, hasLines } from "../form/fields";
import { keyOf, type Problem } from "../form/values";
import type { Say } from "../i18n/messages";

interface Props {
  field: Field;
  value: string;
  problem: Problem | undefined;
  say: Say;
  onChange(value: string): void;
  onLeave(): void;
}

/** One field: label, control with what stands before and after it, hint, and what is wrong. */
export function FieldInput({ field, value, problem, say, onChange, onLeave }: Props) {
  const id = keyOf(field);
  const warning = field.warnings?.[value];
  return (
    <div class="field">
      <label for={id}>
        {field.title || field.name}
        {field.optional && <span class="quiet"> ({say("optional")})</span>}
      </label>
      <div class="affixed">
        {field.prefix && <span>{field.prefix}</span>}
        <Control {...{ field, id, value, problem, say, onChange, onLeave }} />
        {field.suffix && <span>{field.suffix}</span>}
      </div>
      {field.description && (
        <p class="quiet" id={`${id}-hint`}>
          {field.description}
        </p>
      )}
      {warning && (
        <p class="quiet" role="status">
          {warning}
        </p>
      )}
      <p class="error" id={`${id}-error`} hidden={!problem}>
        {problem && problemText(field, problem, say)}
      </p>
    </div>
  );
}

function Control({ field, id, value, problem, say, onChange, onLeave }: Props & { id: string }) {
  const [isShown, setShown] = useState(false);
  const [isLong, setLong] = useState(hasLines(field));
  const hint = field.description ? `${id}-hint ` : "";
  const attributes = {
    id,
    value,
    "aria-describedby": `${hint}${id}-error`,
    "aria-invalid": problem !== undefined,
    "aria-required": !field.optional,
    onBlur: onLeave,
  } as const;
  const text = {
    ...attributes,
    placeholder: field.example,
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: false,
    onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  } as const;
  if (field.enum?.length) {
    return (
      <select {...attributes} onChange={(event) => onChange(event.currentTarget.value)}>
        {field.enum.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  const masked = field.secret && !isShown;
  if (isLong) return <textarea {...text} rows={4} class={masked ? "masked" : ""} />;
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData?.getData("text").trim() ?? "";
    // An input of one line would drop the line ends, without which a key in PEM is none.
    if (field.pattern || field.format || !pasted.includes("\n")) return;
    event.preventDefault();
    setLong(true);
    onChange(pasted);
  };
  return (
    <>
      {masked ? (
        <input {...text} type="password" onPaste={onPaste} />
      ) : (
        <input {...text} type="text" onPaste={onPaste} />
      )}
      {field.secret && (
        <button
          type="button"
          class="reveal"
          aria-controls={id}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {say(isShown ? "hide" : "show")}
        </button>
      )}
    </>
  );
}

function problemText(field: Field, problem: Problem, say: Say): string {
  if (problem === "needed") return say("needed");
  return field.example ? say("misfitExample", { example: field.example }) : say("misfit");
}
