import { useMemo, useState } from "preact/hooks";
import { type Field, fieldsOf } from "../form/fields";
import {
  keyOf,
  type Problem,
  problemWith,
  startingValues,
  type Values,
  visibleFields,
} from "../form/values";
import type { Defaults, Integration, Provider } from "../wire";

export interface FormState {
  fields: Field[];
  visible: Field[];
  values: Values;
  isDirty: boolean;
  problemOf(field: Field): Problem | undefined;
  change(field: Field, value: string): void;
  leave(field: Field): void;
  /** Show what is wrong everywhere, and bring the focus to the first of it. */
  check(): boolean;
}

/** What is filled in. A problem shows when somebody leaves its field, or sends the form. */
export function useForm(
  integration: Integration,
  provider: Provider,
  defaults: Defaults,
): FormState {
  const fields = useMemo(
    () => fieldsOf(integration, provider, defaults),
    [integration, provider, defaults],
  );
  const starting = useMemo(() => startingValues(fields), [fields]);
  const [values, setValues] = useState(starting);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const visible = visibleFields(fields, values);
  const problem = (field: Field) => problemWith(field, values[keyOf(field)] ?? "");
  return {
    fields,
    visible,
    values,
    isDirty: fields.some((field) => values[keyOf(field)] !== starting[keyOf(field)]),
    problemOf: (field) => (left.has(keyOf(field)) ? problem(field) : undefined),
    change: (field, value) => setValues((before) => ({ ...before, [keyOf(field)]: value })),
    leave(field) {
      // An empty field that somebody only passes through is not wrong yet.
      if (values[keyOf(field)]) setLeft((before) => new Set([...before, keyOf(field)]));
    },
    check() {
      setLeft(new Set(visible.map(keyOf)));
      const wrong = visible.find(problem);
      if (wrong) document.getElementById(keyOf(wrong))?.focus();
      return wrong === undefined;
    },
  };
}
