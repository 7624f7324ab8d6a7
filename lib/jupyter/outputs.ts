/**
 * What a kernel's messages add to a cell's outputs.
 *
 * @module
 */
import type { MimeBundle, Output } from "./ipynb.ts";
import type { Message } from "./messages.ts";

/** Collects outputs: texts of one stream run together, a display that is updated keeps its place. */
export function collector(): { outputs: Output[]; add(message: Message): void } {
  const outputs: Output[] = [];
  const displays = new Map<unknown, number>();
  const show = (data: MimeBundle): Output => ({ output_type: "display_data", data, metadata: {} });
  const add = ({ type, content }: Message) => {
    const data = (content.data ?? {}) as MimeBundle;
    const { display_id: display } = (content.transient ?? {}) as { display_id?: string };
    switch (type) {
      case "stream": {
        const name = content.name === "stderr" ? "stderr" : "stdout";
        const text = String(content.text);
        const last = outputs.at(-1);
        if (last?.output_type === "stream" && last.name === name) last.text += text;
        else outputs.push({ output_type: "stream", name, text });
        break;
      }
      case "display_data":
      case "execute_result":
        if (Object.keys(data).length === 0) break;
        if (display !== undefined) displays.set(display, outputs.length);
        outputs.push(show(data));
        break;
      case "update_display_data": {
        const place = displays.get(display);
        if (place !== undefined) outputs[place] = show(data);
        break;
      }
      case "error": {
        const traceback = Array.isArray(content.traceback) ? content.traceback.map(String) : [];
        const [ename, evalue] = [String(content.ename), String(content.evalue)];
        outputs.push({ output_type: "error", ename, evalue, traceback });
      }
    }
  };
  return { outputs, add };
}
