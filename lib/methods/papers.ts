/**
 * The papers that the methods come from.
 *
 * @module
 */
import type { Citation } from "./method.ts";

export const clipPaper: Citation = {
  title: "Learning Transferable Visual Models From Natural Language Supervision",
  venue: "ICML 2021",
  arxiv: "2103.00020",
};

export const coopPaper: Citation = {
  title: "Learning to Prompt for Vision-Language Models",
  venue: "IJCV 2022",
  arxiv: "2109.01134",
  code: { repository: "KaiyangZhou/CoOp", licence: "MIT" },
};

export const cocoopPaper: Citation = {
  title: "Conditional Prompt Learning for Vision-Language Models",
  venue: "CVPR 2022",
  arxiv: "2203.05557",
  code: { repository: "KaiyangZhou/CoOp", licence: "MIT" },
};

export const vptPaper: Citation = {
  title: "Visual Prompt Tuning",
  venue: "ECCV 2022",
  arxiv: "2203.12119",
};

export const ivlpPaper: Citation = {
  title: "Fine-tuned CLIP Models are Efficient Video Learners",
  venue: "CVPR 2023",
  arxiv: "2212.03640",
};

export const progradPaper: Citation = {
  title: "Prompt-aligned Gradient for Prompt Tuning",
  venue: "ICCV 2023",
  arxiv: "2205.14865",
  code: { repository: "BeierZhu/Prompt-align", licence: "MIT" },
};

export const prometarPaper: Citation = {
  title: "Prompt Learning via Meta-Regularization",
  venue: "CVPR 2024",
  arxiv: "2404.00851",
  code: { repository: "mlvlab/ProMetaR", licence: "MIT" },
};

export const kgcoopPaper: Citation = {
  title: "Visual-Language Prompt Tuning with Knowledge-guided Context Optimization",
  venue: "CVPR 2023",
  arxiv: "2303.13283",
  code: { repository: "htyao89/KgCoOp", licence: "none" },
};

export const maplePaper: Citation = {
  title: "MaPLe: Multi-modal Prompt Learning",
  venue: "CVPR 2023",
  arxiv: "2210.03117",
  code: { repository: "muzairkhattak/multimodal-prompt-learning", licence: "MIT" },
};

export const promptsrcPaper: Citation = {
  title: "Self-regulating Prompts: Foundational Model Adaptation without Forgetting",
  venue: "ICCV 2023",
  arxiv: "2307.06948",
  code: { repository: "muzairkhattak/PromptSRC", licence: "MIT" },
};

export const clipAdapterPaper: Citation = {
  title: "CLIP-Adapter: Better Vision-Language Models with Feature Adapters",
  venue: "IJCV 2024",
  arxiv: "2110.04544",
};

export const tipAdapterPaper: Citation = {
  title: "Tip-Adapter: Training-free Adaption of CLIP for Few-shot Classification",
  venue: "ECCV 2022",
  arxiv: "2207.09519",
  code: { repository: "gaopengcuhk/Tip-Adapter", licence: "none" },
};

export const taskresPaper: Citation = {
  title: "Task Residual for Tuning Vision-Language Models",
  venue: "CVPR 2023",
  arxiv: "2211.10277",
  code: { repository: "geekyutao/TaskRes", licence: "MIT" },
};

export const clapPaper: Citation = {
  title: "A Closer Look at the Few-Shot Adaptation of Large Vision-Language Models",
  venue: "CVPR 2024",
  arxiv: "2312.12730",
  code: { repository: "jusiro/CLAP", licence: "MIT" },
};

export const crossModalPaper: Citation = {
  title: "Multimodality Helps Unimodality: Cross-Modal Few-Shot Learning with Multimodal Models",
  venue: "CVPR 2023",
  arxiv: "2301.06267",
  code: { repository: "linzhiqiu/cross_modal_adaptation", licence: "MIT" },
};

export const lpPlusPlusPaper: Citation = {
  title: "LP++: A Surprisingly Strong Linear Probe for Few-Shot CLIP",
  venue: "CVPR 2024",
  arxiv: "2404.02285",
  code: { repository: "FereshteShakeri/FewShot-CLIP-Strong-Baseline", licence: "none" },
};

export const tcpPaper: Citation = {
  title: "TCP: Textual-based Class-aware Prompt tuning for Visual-Language Model",
  venue: "CVPR 2024",
  arxiv: "2311.18231",
  code: { repository: "htyao89/Textual-based_Class-aware_prompt_tuning", licence: "MIT" },
};

export const rpoPaper: Citation = {
  title: "Read-only Prompt Optimization for Vision-Language Few-shot Learning",
  venue: "ICCV 2023",
  arxiv: "2308.14960",
  code: { repository: "mlvlab/RPO", licence: "MIT" },
};

export const mmaPaper: Citation = {
  title: "MMA: Multi-Modal Adapter for Vision-Language Models",
  venue: "CVPR 2024",
  arxiv: "",
  code: { repository: "ZjjConan/Multi-Modal-Adapter", licence: "MIT" },
};

export const mmrlPaper: Citation = {
  title: "MMRL: Multi-Modal Representation Learning for Vision-Language Models",
  venue: "CVPR 2025",
  arxiv: "2503.08497",
  code: { repository: "yunncheng/MMRL", licence: "MIT" },
};

export const laspPaper: Citation = {
  title:
    "LASP: Text-to-Text Optimization for Language-Aware Soft Prompting of Vision & Language Models",
  venue: "CVPR 2023",
  arxiv: "2210.01115",
  code: { repository: "1adrianb/lasp", licence: "MIT" },
};

export const clipLoraPaper: Citation = {
  title: "Low-Rank Few-Shot Adaptation of Vision-Language Models",
  venue: "CVPR 2024 Workshops",
  arxiv: "2405.18541",
  code: { repository: "MaxZanella/CLIP-LoRA", licence: "none" },
};

export const prodaPaper: Citation = {
  title: "Prompt Distribution Learning",
  venue: "CVPR 2022",
  arxiv: "2205.03340",
};

export const deptPaper: Citation = {
  title: "DePT: Decoupled Prompt Tuning",
  venue: "CVPR 2024",
  arxiv: "2309.07439",
  code: { repository: "Koorye/DePT", licence: "GPL-2.0" },
};
