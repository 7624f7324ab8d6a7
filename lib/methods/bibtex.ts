/**
 * The papers of methods for a bibliography, and this project.
 *
 * @module
 */
import project from "../../deno.json" with { type: "json" };
import type { Method } from "./method.ts";

/** Authors by the paper's number at arXiv, or its title where it is not there, as BibTeX has them. */
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
  "2110.04544":
    "Gao, Peng and Geng, Shijie and Zhang, Renrui and Ma, Teli and Fang, Rongyao and Zhang, Yongfeng and Li, Hongsheng and Qiao, Yu",
  "2207.09519":
    "Zhang, Renrui and Zhang, Wei and Fang, Rongyao and Gao, Peng and Li, Kunchang and Dai, Jifeng and Qiao, Yu and Li, Hongsheng",
  "2211.10277": "Yu, Tao and Lu, Zhihe and Jin, Xin and Chen, Zhibo and Wang, Xinchao",
  "2312.12730":
    "Silva-Rodr{\\'\\i}guez, Julio and Hajimiri, Sina and Ben Ayed, Ismail and Dolz, Jose",
  "2301.06267": "Lin, Zhiqiu and Yu, Samuel and Kuang, Zhiyi and Pathak, Deepak and Ramanan, Deva",
  "2404.02285":
    "Huang, Yunshi and Shakeri, Fereshteh and Dolz, Jose and Boudiaf, Malik and Bahig, Houda and Ben Ayed, Ismail",
  "2311.18231": "Yao, Hantao and Zhang, Rui and Xu, Changsheng",
  "2210.01115": "Bulat, Adrian and Tzimiropoulos, Georgios",
  "2308.14960":
    "Lee, Dongjun and Song, Seokwon and Suh, Jihee and Choi, Joonmyeong and Lee, Sanghyeok and Kim, Hyunwoo J.",
  "MMA: Multi-Modal Adapter for Vision-Language Models":
    "Yang, Lingxiao and Zhang, Ru-Yuan and Wang, Yanchen and Xie, Xiaohua",
  "2503.08497": "Guo, Yuncheng and Gu, Xiaodong",
  "2405.18541": "Zanella, Maxime and Ben Ayed, Ismail",
  "2205.03340":
    "Lu, Yuning and Liu, Jianzhuang and Zhang, Yonggang and Liu, Yajing and Tian, Xinmei",
  "2309.07439": "Zhang, Ji and Wu, Shihan and Gao, Lianli and Shen, Heng Tao and Song, Jingkuan",
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
  const known = ({ arxiv, title }: Method["paper"]) =>
    arxiv !== "" || Object.hasOwn(authors, title);
  const papers = new Map(
    methods.filter(({ paper }) => known(paper)).map((
      { name, paper },
    ) => [paper.arxiv || paper.title, { name, paper }]),
  );
  const entries = [...papers].map(([key, { name, paper: { title, venue, arxiv } }]) =>
    entry("misc", name.replace(/[^a-z0-9]/g, "") + (venue.match(/\d{4}/)?.[0] ?? ""), {
      title: `{${title}}`,
      author: authors[key],
      year: venue.match(/\d{4}/)?.[0],
      note: venue,
      ...arxiv !== "" && { eprint: arxiv, archiveprefix: "arXiv" },
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
