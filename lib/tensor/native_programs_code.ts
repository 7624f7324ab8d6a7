/**
 * The formulas as C++, which the build of the native backend compiles: for each program the loop over its entries or rows, and
 * what makes TensorFlow know it as an op.
 *
 * @module
 */
import { formulas, type Further, type Source } from "./formulas.ts";
import { OP } from "./native_programs.ts";
import { runtime } from "./native_programs_runtime.ts";

/** How they are compiled: sums and formulas for many entries at once, as float32. */
export const programFlags = [
  ...["-fopenmp-simd", "-fsingle-precision-constant", "-ffp-contract=fast"],
  ...["-fno-math-errno", "-fno-trapping-math"],
];

/** The C++ of all programs, and what makes TensorFlow know them when the addon is loaded. */
export function programsCode(): string {
  const all = Object.entries<Source>(formulas);
  return `${runtime}
${all.map(([name, source]) => partCode(name, source)).join("\n")}
const bool known = [] {
${all.map(([name, source]) => `  ${registration(name, source)}`).join("\n")}
  return true;
}();
}  // namespace plumbline
`;
}

/** The rows, or entries, from \`first\` to before \`end\`. */
function partCode(name: string, source: Source): string {
  const { inputs, numbers = [], further = {} } = source;
  const outputs = ["result", ...Object.keys(further)];
  return `
CLONES void ${name}(const Arrays& arrays, int64_t first, int64_t end, int64_t width) {
${inputs.map((input, i) => `  const float* __restrict ${input} = arrays.in[${i}];`).join("\n")}
${
    numbers.map((number, i) => `  const float ${number} = arrays.in[${inputs.length}][${i}];`).join(
      "\n",
    )
  }
${outputs.map((output, i) => `  float* __restrict ${output} = arrays.out[${i}];`).join("\n")}
${source.entry ? entriesCode(source) : rowsCode(source)}
}`;
}

function entriesCode({ given = {}, entry, further = {} }: Source): string {
  const lets = Object.entries(given).map(([name, is]) => `const float ${name} = ${cpp(is)};`);
  const others = Object.entries(further).map(([name, { is }]) => `${name}[i] = ${cpp(is!)};`);
  return `  #pragma omp simd
  for (int64_t i = first; i < end; ++i) { ${lets.join(" ")} result[i] = ${cpp(entry!)}; ${
    others.join(" ")
  } }`;
}

function rowsCode({ totals = {}, result, column, further = {} }: Source): string {
  const written = (name: string, { is, columns }: Further) =>
    columns ? `    ${name}[row] = ${cpp(is!)};` : `    #pragma omp simd
    for (int64_t at = start; at < start + width; ++at) ${name}[at] = ${cpp(is!)};`;
  return `  const float cols = width;
  for (int64_t row = first; row < end; ++row) {
    const int64_t start = row * width;
${
    Object.entries(totals).map(([name, term]) =>
      `    float ${name} = 0;
    #pragma omp simd reduction(+ : ${name})
    for (int64_t at = start; at < start + width; ++at) ${name} += ${cpp(term)};`
    ).join("\n")
  }
${written("result", { is: result!, ...column && { columns: 1 } })}
${Object.entries(further).map(([name, other]) => written(name, other)).join("\n")}
  }`;
}

/** A formula as C++ has it. */
function cpp(formula: string): string {
  return formula.replaceAll("uniforms.", "");
}

function registration(name: string, source: Source): string {
  const { inputs, numbers, column, further = {} } = source;
  const terms = [source.result ?? "", ...Object.values(source.totals ?? {})];
  const columnsIn = inputs.map((input) => terms.some((term) => term.includes(`${input}[row]`)));
  const columnsOut = [!!column, ...Object.values(further).map(({ columns }) => !!columns)];
  const described = `{${name}, ${!!source.entry}, ${!!numbers}, {${columnsIn}}, {${columnsOut}}}`;
  return `{ static const Program program = ${described}; know("${OP}${name}", program, ` +
    `[](void*, TF_OpKernelContext* context) { run(program, context); }); }`;
}
