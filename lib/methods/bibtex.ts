/**
 * The papers of methods for a bibliography, and this project.
 *
 * @module
 */
import project from "../../deno.json" with { type: "json" };
import type { Method } from "./method.ts";

/** Authors by the paper's number at arXiv, as BibTeX has them. */
const authors: Record<string, string> = {
  "2103.00020":
    "Radford, Alec and Kim, Jong Wook and Hallacy, Chris and Ramesh, Aditya and Goh, Gabriel and Agarwal, Sandhini and Sastry, Girish and Askell, Amanda and Mishkin, Pamela and Clark, Jack and Krueger, Gretchen and Sutskever, Ilya",
  "2109.01134": "Zhou, Kaiyang and Yang, Jingkang and Loy, Chen Change and Liu, Ziwei",
  "2203.05557": "Zhou, Kaiyang and Yang, Jingkang and Loy, Chen Change and Liu, Ziwei",
  "2203.12119":
    "Jia, Menglin and Tang, Luming and Chen, Bor-Chun and Cardie, Claire and Belongie, Serge and Hariharan, Bharath and Lim, Ser-Nam",
  "2212.03640":
    "Rasheed, Hanoona and Khattak, Muhammad Uzair and Maaz, Muhammad and Khan, Salman and Khan, Fahad Shahbaz",
  "2205.14865": "Zhu, Beier and Niu, Yulei and Han, Yucheng and Wu, Yue and Zhang, Hanwang",
  "2404.00851": "Park, Jinyoung and Ko, Juyeon and Kim, Hyunwoo J.",
  "2303.13283": "Yao, Hantao and Zhang, Rui and Xu, Changsheng",
  "2210.03117":
    "Khattak, Muhammad Uzair and Rasheed, Hanoona and Maaz, Muhammad and Khan, Salman and Khan, Fahad Shahbaz",
  "2307.06948":
    "Khattak, Muhammad Uzair and Wasim, Syed Talal and Naseer, Muzammal and Khan, Salman and Yang, Ming-Hsuan and Khan, Fahad Shahbaz",
};

/**
 * BibTeX entries of the methods' papers, each once, and of this project.
 *
 * @example
 * ```ts
 * import { bibtex, method } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * assert.match(bibtex([method("coop")]), /eprint = \{2109\.01134\}/);
 * ```
 */
export function bibtex(methods: readonly Pick<Method, "name" | "paper">[]): string {
  const papers = new Map(
    methods.filter(({ paper }) => paper.arxiv !== "").map((
      { name, paper },
    ) => [paper.arxiv, { name, paper }]),
  );
  const entries = [...papers.values()].map(({ name, paper: { title, venue, arxiv } }) =>
    entry("misc", name.replace(/[^a-z0-9]/g, "") + (venue.match(/\d{4}/)?.[0] ?? ""), {
      title: `{${title}}`,
      author: authors[arxiv],
      year: venue.match(/\d{4}/)?.[0],
      note: venue,
      eprint: arxiv,
      archiveprefix: "arXiv",
    })
  );
  const own = entry("software", "plumbline", {
    title: "{plumbline: prompt learning for CLIP, reproduced and checked}",
    author: "{The plumbline authors}",
    version: project.version,
  });
  return [...entries, own].join("\n");
}

function entry(kind: string, key: string, fields: Record<string, string | undefined>): string {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name} = {${value}},`]
  );
  return [`@${kind}{${key},`, ...lines, "}", ""].join("\n");
}
