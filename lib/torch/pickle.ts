/**
 * Reads pickles of protocols 2 to 4 as far as torch files need them (Python's pickletools has the opcodes). It is an
 * interpreter of data: its stack holds numbers, texts, lists, maps and tensors, and the only names that it knows are
 * those of `globals.ts`. Memory is bounded in proportion to the bytes read.
 */

import { type Budget, budget } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { allowed, type Fail, type Global, isKey, TorchObject } from "./globals.ts";
import type { Cursor } from "./source.ts";
import { damaged } from "./tensor.ts";

/** Bytes of a pickle; a state dict of ten thousand tensors has two million. */
export const LONGEST = 16 * 2 ** 20;

/** Bytes of memory that a container or a remembered value takes, about. */
const OBJECT = 128;

/** And a value on the stack. */
const VALUE = 16;

/** Bytes of a whole number: Python's are endless, torch files' are not. */
const LONGEST_NUMBER = 32;

/** What a pickle is read with. */
export interface PickleOptions {
  /** What a persistent identifier stands for: a storage. */
  persistent(id: unknown, fail: Fail): unknown;
}

/**
 * The value of the pickle at the cursor, which is left behind it. Dictionaries are maps, tuples are lists.
 *
 * @throws {UserError} naming whatever is not data, and when the pickle is damaged
 */
export function unpickle(cursor: Cursor, { persistent }: PickleOptions): unknown {
  const machine = new Machine(cursor, persistent);
  const start = cursor.at;
  for (;;) {
    if (cursor.at - start > LONGEST) machine.fail(`its pickle is longer than ${LONGEST} bytes`);
    const code = cursor.bytes(1)[0];
    if (code === STOP) return machine.pop();
    const act = opcodes[code!] ??
      machine.fail(`its pickle has the opcode 0x${code!.toString(16)}, which is not read`);
    act(machine);
  }
}

const STOP = 0x2e;

class Machine {
  readonly stack: unknown[] = [];
  readonly marks: number[] = [];
  readonly memo = new Map<number, unknown>();
  readonly fail: Fail;
  readonly #budget: Budget;

  readonly cursor: Cursor;
  readonly persistent: PickleOptions["persistent"];

  constructor(cursor: Cursor, persistent: PickleOptions["persistent"]) {
    this.cursor = cursor;
    this.persistent = persistent;
    this.fail = damaged(cursor.source.name);
    this.#budget = budget(cursor.source.size, cursor.source.name);
  }

  push(value: unknown): void {
    this.#budget.take(VALUE, "the values of its pickle");
    this.stack.push(value);
  }

  /** Pushes something that takes memory of its own. */
  make(value: unknown): void {
    this.count();
    this.stack.push(value);
  }

  count(): void {
    this.#budget.take(OBJECT, "the objects of its pickle");
  }

  pop(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) {
      this.fail("its pickle takes what it never put");
    }
    return this.stack.pop();
  }

  /** What lies above the last mark. */
  popMarked(): unknown[] {
    const mark = this.marks.pop() ?? this.fail("its pickle has no mark where it needs one");
    return this.stack.splice(mark);
  }

  remember(at: number): void {
    if (this.stack.length === 0) this.fail("its pickle remembers what it never put");
    this.count();
    this.memo.set(at, this.stack.at(-1));
  }

  recall(at: number): void {
    if (!this.memo.has(at)) this.fail("its pickle recalls what it never put");
    this.push(this.memo.get(at));
  }

  append(items: unknown[]): void {
    const list = this.stack.at(-1);
    if (!Array.isArray(list)) return this.fail("its pickle appends to what is no list");
    for (const item of items) list.push(item);
  }

  set(pairs: unknown[]): void {
    const map = this.stack.at(-1);
    if (!(map instanceof Map) || pairs.length % 2) {
      return this.fail("its pickle sets keys of what is no dictionary");
    }
    for (let i = 0; i < pairs.length; i += 2) {
      if (!isKey(pairs[i])) this.fail("a dictionary in it has a key that is no text or number");
      map.set(pairs[i], pairs[i + 1]);
    }
  }

  global(module: unknown, name: unknown): void {
    if (typeof module !== "string" || typeof name !== "string") {
      return this.fail("its pickle names what is no name");
    }
    const found = allowed(module, name);
    if (found) return this.push(new Named(found));
    throw new UserError(
      `${this.cursor.source.name} asks for ${module.slice(0, 100)}.${name.slice(0, 100)}, ` +
        `which is no part of a tensor: the file was not loaded and nothing in it was run.`,
    );
  }

  call(): void {
    const args = this.pop();
    const named = this.pop();
    if (!(named instanceof Named) || !named.global.call || !Array.isArray(args)) {
      const what = named instanceof Named ? named.global.name : "something";
      return this.fail(`its pickle calls ${what}, which is nothing to call`);
    }
    this.make(named.global.call(args.map(plain), this.fail));
  }

  /** Gives an object its fields. What Python's dictionaries have beside their keys is dropped. */
  build(): void {
    const state = this.pop();
    const object = this.stack.at(-1);
    if (object instanceof TorchObject) {
      if (state instanceof Map) object.fields = state;
    } else if (!(object instanceof Map)) {
      this.fail("its pickle gives fields to what has none");
    }
  }

  text(length: number): void {
    try {
      this.push(utf8.decode(this.cursor.bytes(length)));
    } catch (error) {
      if (error instanceof UserError) throw error;
      this.fail("a text in it is not UTF-8");
    }
  }

  whole(length: number): void {
    if (length > LONGEST_NUMBER) this.fail(`a number in it has ${length} bytes`);
    let value = 0n;
    const bytes = this.cursor.bytes(length);
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]!);
    if (length > 0 && bytes[length - 1]! & 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    this.push(Number.isSafeInteger(number) ? number : value);
  }

  length8(): number {
    const length = this.cursor.view(8).getBigUint64(0, true);
    return length > BigInt(LONGEST)
      ? this.fail(`a text in it has ${length} bytes`)
      : Number(length);
  }
}

/** A global on the stack. */
class Named {
  readonly global: Global;

  constructor(global: Global) {
    this.global = global;
  }
}

/** The storages' types are passed on by their global. */
function plain(value: unknown): unknown {
  return value instanceof Named ? value.global : value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const uint8 = (m: Machine) => m.cursor.bytes(1)[0]!;
const uint32 = (m: Machine) => m.cursor.view(4).getUint32(0, true);

/** By their code, with the names of pickletools. */
const opcodes: Record<number, ((m: Machine) => void) | undefined> = {
  0x80: (m) => { // PROTO
    const protocol = uint8(m);
    if (protocol < 2 || protocol > 4) m.fail(`its pickle has protocol ${protocol}`);
  },
  0x95: (m) => void m.cursor.bytes(8), // FRAME
  0x28: (m) => void m.marks.push(m.stack.length), // MARK
  0x30: (m) => void m.pop(), // POP
  0x31: (m) => void m.popMarked(), // POP_MARK
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4b: (m) => m.push(uint8(m)), // BININT1
  0x4d: (m) => m.push(m.cursor.view(2).getUint16(0, true)), // BININT2
  0x4a: (m) => m.push(m.cursor.view(4).getInt32(0, true)), // BININT
  0x8a: (m) => m.whole(uint8(m)), // LONG1
  0x8b: (m) => m.whole(uint32(m)), // LONG4
  0x47: (m) => m.push(m.cursor.view(8).getFloat64(0)), // BINFLOAT
  0x58: (m) => m.text(uint32(m)), // BINUNICODE
  0x8c: (m) => m.text(uint8(m)), // SHORT_BINUNICODE
  0x8d: (m) => m.text(m.length8()), // BINUNICODE8
  0x55: (m) => m.text(uint8(m)), // SHORT_BINSTRING
  0x54: (m) => m.text(uint32(m)), // BINSTRING
  0x5d: (m) => m.make([]), // EMPTY_LIST
  0x7d: (m) => m.make(new Map()), // EMPTY_DICT
  0x29: (m) => m.make([]), // EMPTY_TUPLE
  0x85: (m) => m.make([m.pop()]), // TUPLE1
  0x86: (m) => m.make([m.pop(), m.pop()].reverse()), // TUPLE2
  0x87: (m) => m.make([m.pop(), m.pop(), m.pop()].reverse()), // TUPLE3
  0x74: (m) => m.make(m.popMarked()), // TUPLE
  0x6c: (m) => m.make(m.popMarked()), // LIST
  0x61: (m) => m.append([m.pop()]), // APPEND
  0x65: (m) => m.append(m.popMarked()), // APPENDS
  0x73: (m) => m.set([m.pop(), m.pop()].reverse()), // SETITEM
  0x75: (m) => m.set(m.popMarked()), // SETITEMS
  0x71: (m) => m.remember(uint8(m)), // BINPUT
  0x72: (m) => m.remember(uint32(m)), // LONG_BINPUT
  0x94: (m) => m.remember(m.memo.size), // MEMOIZE
  0x68: (m) => m.recall(uint8(m)), // BINGET
  0x6a: (m) => m.recall(uint32(m)), // LONG_BINGET
  0x63: (m) => m.global(m.cursor.line(), m.cursor.line()), // GLOBAL
  0x93: (m) => { // STACK_GLOBAL
    const name = m.pop();
    m.global(m.pop(), name);
  },
  0x52: (m) => m.call(), // REDUCE
  0x81: (m) => m.call(), // NEWOBJ
  0x62: (m) => m.build(), // BUILD
  0x51: (m) => m.make(m.persistent(identifier(m.pop()), m.fail)), // BINPERSID
};

function identifier(id: unknown): unknown {
  return Array.isArray(id) ? id.map(plain) : id;
}
