// Calls methods of @nangohq/node as it comes: one line of JSON in, one line of JSON out.
//
// In: {"options", "method", "args"}; without a method it tells the names of all. Out: {"value"} of what the promise gave, an axios response as
// its status, headers and data; or {"error": {"name", "message", "status", "data"}}.

import { createInterface } from 'node:readline';

import { Nango } from '@nangohq/node';

const isResponse = (value) => value !== null && typeof value === 'object' && 'config' in value && 'status' in value;
const shown = (value) =>
  isResponse(value) ? { status: value.status, headers: { ...value.headers }, data: value.data } : value;

async function answer({ options, method, args }) {
  try {
    if (method === '') return { value: Object.getOwnPropertyNames(Nango.prototype) };
    // JSON has no undefined: null stands for what a caller leaves out.
    const given = args.map((value) => value ?? undefined);
    return { value: shown(await new Nango(options)[method](...given)) ?? null };
  } catch (error) {
    const { name, message, response } = error;
    return { error: { name, message, status: response?.status, data: response?.data } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
