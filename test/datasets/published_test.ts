import assert from "node:assert/strict";
import { relative } from "node:path";
import { dataset, datasets, missingImages, parseSplit } from "../../lib/datasets/mod.ts";
import { sharedPath, sharedTest } from "../shared.ts";
import { images, inTree } from "./tree.ts";

const fixture = (path: string) =>
  Deno.readFileSync(new URL(`../fixtures/datasets/${path}`, import.meta.url));
const pad = (i: number, width: number) => String(i).padStart(width, "0");
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

/** A data set's true folder and file names, with few classes and images, and what they must load to. */
interface Layout {
  name: string;
  title: string;
  template: string;
  files: Record<string, string | Uint8Array | true>;
  classNames: string[];
  /** Images in train, val and test. */
  counts: [number, number, number];
  /** One image of each split that is there, and its label. */
  has: [split: "train" | "val" | "test", path: string, label: number][];
}

const tenths = { ...images(10, (i) => `a/${i}.jpg`) };
const classFolders = (at: string, names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) =>
      Object.keys(tenths).map((path) => [path.replace("a/", `${at}/${name}/`), true as const])
    ),
  );
const lines = (list: string[]) => list.join("\n") + "\n";
const flowerNames: Record<string, string> = {
  1: "pink primrose",
  2: "hard-leaved pocket orchid",
  3: "canterbury bells",
  4: "sweet pea",
  5: "english marigold",
  6: "tiger lily",
  7: "moon orchid",
};

const layouts: Layout[] = [
  {
    name: "imagenet",
    title: "ImageNet",
    template: "a photo of a {}.",
    files: {
      ...images(3, (i) => `imagenet/images/train/n01440764/n01440764_${i}.JPEG`),
      ...images(2, (i) => `imagenet/images/train/n01443537/n01443537_${i}.JPEG`),
      "imagenet/images/val/n01440764/ILSVRC2012_val_00000293.JPEG": true,
      "imagenet/images/val/n01443537/ILSVRC2012_val_00000236.JPEG": true,
      "imagenet/images/val/.hidden/x": true,
    },
    classNames: ["tench", "goldfish"],
    counts: [5, 2, 2],
    has: [["test", "imagenet/images/val/n01443537/ILSVRC2012_val_00000236.JPEG", 1]],
  },
  {
    name: "caltech101",
    title: "Caltech101",
    template: "a photo of a {}.",
    files: classFolders("caltech-101/101_ObjectCategories", [
      "BACKGROUND_Google",
      "Faces",
      "Faces_easy",
      "Leopards",
      "Motorbikes",
      "accordion",
      "airplanes",
      "yin_yang",
    ]),
    classNames: ["face", "leopard", "motorbike", "accordion", "airplane", "yin yang"],
    counts: [30, 12, 18],
    has: [],
  },
  {
    name: "oxford_pets",
    title: "OxfordPets",
    template: "a photo of a {}, a type of pet.",
    files: {
      "oxford_pets/annotations/trainval.txt": lines([
        ...range(5).map((i) => `Abyssinian_${i} 1 1 1`),
        ...range(5).map((i) => `american_pit_bull_terrier_${i} 2 2 2`),
      ]),
      "oxford_pets/annotations/test.txt": lines([
        "Abyssinian_201 1 1 1",
        "american_pit_bull_terrier_77 2 2 2",
      ]),
    },
    classNames: ["abyssinian", "american pit bull terrier"],
    counts: [8, 2, 2],
    has: [["test", "oxford_pets/images/american_pit_bull_terrier_77.jpg", 1]],
  },
  {
    name: "stanford_cars",
    title: "StanfordCars",
    template: "a photo of a {}.",
    files: {
      "stanford_cars/devkit/cars_meta.mat": fixture("stanford_cars/devkit/cars_meta.mat"),
      "stanford_cars/devkit/cars_train_annos.mat": fixture(
        "stanford_cars/devkit/cars_train_annos.mat",
      ),
      "stanford_cars/cars_test_annos_withlabels.mat": fixture(
        "stanford_cars/cars_test_annos_withlabels.mat",
      ),
    },
    classNames: [
      "2000 AM General Hummer SUV",
      "2012 Acura RL Sedan",
      "2012 Ram C/V Cargo Van Minivan",
    ],
    counts: [19, 5, 3],
    has: [["test", "stanford_cars/cars_test/00002.jpg", 2], [
      "val",
      "stanford_cars/cars_train/00009.jpg",
      1,
    ]],
  },
  {
    name: "oxford_flowers",
    title: "Flowers102",
    template: "a photo of a {}, a type of flower.",
    files: {
      "oxford_flowers/imagelabels.mat": fixture("oxford_flowers/imagelabels.mat"),
      "oxford_flowers/cat_to_name.json": JSON.stringify(flowerNames),
    },
    classNames: Object.values(flowerNames),
    counts: [22, 9, 16],
    has: [["train", "oxford_flowers/jpg/image_00007.jpg", 6], [
      "val",
      "oxford_flowers/jpg/image_00017.jpg",
      1,
    ]],
  },
  {
    name: "food101",
    title: "Food101",
    template: "a photo of {}, a type of food.",
    files: classFolders("food-101/images", ["apple_pie", "baby_back_ribs", "waffles"]),
    classNames: ["apple pie", "baby back ribs", "waffles"],
    counts: [15, 6, 9],
    has: [],
  },
  {
    name: "fgvc_aircraft",
    title: "FGVCAircraft",
    template: "a photo of a {}, a type of aircraft.",
    files: {
      "fgvc_aircraft/variants.txt": lines(["707-320", "DC-10", "Eurofighter Typhoon"]),
      "fgvc_aircraft/images_variant_train.txt": lines([
        "1025794 707-320",
        "0056978 Eurofighter Typhoon",
        "0056979 DC-10",
      ]),
      "fgvc_aircraft/images_variant_val.txt": lines(["0481847 DC-10"]),
      "fgvc_aircraft/images_variant_test.txt": lines([
        "1514522 707-320",
        "0747566 Eurofighter Typhoon",
      ]),
    },
    classNames: ["707-320", "DC-10", "Eurofighter Typhoon"],
    counts: [3, 1, 2],
    has: [["test", "fgvc_aircraft/images/0747566.jpg", 2], [
      "val",
      "fgvc_aircraft/images/0481847.jpg",
      1,
    ]],
  },
  {
    name: "sun397",
    title: "SUN397",
    template: "a photo of a {}.",
    files: {
      "sun397/ClassName.txt": lines([
        "/a/abbey",
        "/a/apartment_building/outdoor",
        "/c/cathedral/indoor",
      ]),
      "sun397/Training_01.txt": lines([
        ...range(5).map((i) => `/a/abbey/sun_${i}.jpg`),
        ...range(5).map((i) => `/c/cathedral/indoor/sun_${i}.jpg`),
        ...range(5).map((i) => `/a/apartment_building/outdoor/sun_${i}.jpg`),
      ]),
      "sun397/Testing_01.txt": lines(["/a/apartment_building/outdoor/sun_x.jpg"]),
    },
    classNames: ["abbey", "outdoor apartment building", "indoor cathedral"],
    counts: [12, 3, 1],
    has: [["test", "sun397/SUN397/a/apartment_building/outdoor/sun_x.jpg", 1]],
  },
  {
    name: "dtd",
    title: "DTD",
    template: "{} texture.",
    files: classFolders("dtd/images", ["banded", "blotchy"]),
    classNames: ["banded", "blotchy"],
    counts: [10, 4, 6],
    has: [],
  },
  {
    name: "eurosat",
    title: "EuroSAT",
    template: "a centered satellite photo of {}.",
    files: classFolders("eurosat/2750", [
      "SeaLake",
      "River",
      "Residential",
      "PermanentCrop",
      "Pasture",
      "Industrial",
      "Highway",
      "HerbaceousVegetation",
      "Forest",
      "AnnualCrop",
    ]),
    classNames: [
      "Annual Crop Land",
      "Forest",
      "Herbaceous Vegetation Land",
      "Highway or Road",
      "Industrial Buildings",
      "Pasture Land",
      "Permanent Crop Land",
      "Residential Buildings",
      "River",
      "Sea or Lake",
    ],
    counts: [50, 20, 30],
    has: [],
  },
  {
    name: "ucf101",
    title: "UCF101",
    template: "a photo of a person doing {}.",
    files: {
      "ucf101/ucfTrainTestlist/classInd.txt": "1 ApplyEyeMakeup\r\n2 TaiChi\r\n3 YoYo\r\n",
      "ucf101/ucfTrainTestlist/trainlist01.txt": lines(
        ["ApplyEyeMakeup 1", "TaiChi 2", "YoYo 3"].flatMap((entry) => {
          const [action, label] = entry.split(" ");
          return range(4).map((i) => `${action}/v_${action}_g08_c0${i}.avi ${label}\r`);
        }),
      ),
      "ucf101/ucfTrainTestlist/testlist01.txt": "YoYo/v_YoYo_g01_c01.avi\r\n",
    },
    classNames: ["Apply Eye Makeup", "Tai Chi", "Yo Yo"],
    counts: [9, 3, 1],
    has: [["test", "ucf101/UCF-101-midframes/Yo_Yo/v_YoYo_g01_c01.jpg", 2]],
  },
  {
    name: "imagenetv2",
    title: "ImageNetV2",
    template: "a photo of a {}.",
    files: {
      "imagenetv2/classnames.txt":
        "n01440764 tench\nn01443537 goldfish\nn01484850 great white shark\n",
      ...images(3, (i) => `imagenetv2/imagenetv2-matched-frequency-format-val/${i - 1}/${i}.jpeg`),
    },
    classNames: ["tench", "goldfish", "great white shark"],
    counts: [0, 0, 3],
    has: [["test", "imagenetv2/imagenetv2-matched-frequency-format-val/2/3.jpeg", 2]],
  },
  {
    name: "imagenet_sketch",
    title: "ImageNet-Sketch",
    template: "a photo of a {}.",
    files: {
      "imagenet-sketch/images/n01440764/sketch_0.JPEG": true,
      "imagenet-sketch/images/n15075141/sketch_6.JPEG": true,
    },
    classNames: ["tench", "toilet paper"],
    counts: [0, 0, 2],
    has: [["test", "imagenet-sketch/images/n15075141/sketch_6.JPEG", 1]],
  },
  {
    name: "imagenet_a",
    title: "ImageNet-A",
    template: "a photo of a {}.",
    files: {
      "imagenet-adversarial/imagenet-a/README.txt": "about",
      "imagenet-adversarial/imagenet-a/n01498041/0.000116_digital clock _ digital clock_0.865662.jpg":
        true,
      "imagenet-adversarial/imagenet-a/n01608432/x.jpg": true,
    },
    classNames: ["stingray", "kite (bird of prey)"],
    counts: [0, 0, 2],
    has: [["test", "imagenet-adversarial/imagenet-a/n01608432/x.jpg", 1]],
  },
  {
    name: "imagenet_r",
    title: "ImageNet-R",
    template: "a photo of a {}.",
    files: {
      "imagenet-rendition/imagenet-r/README.txt": "about",
      "imagenet-rendition/classnames.txt":
        "n01443537 goldfish\nn01484850 a name of the user's own file\n",
      "imagenet-rendition/imagenet-r/n01443537/art_0.jpg": true,
      "imagenet-rendition/imagenet-r/n01484850/art_0.jpg": true,
    },
    classNames: ["goldfish", "a name of the user's own file"],
    counts: [0, 0, 2],
    has: [["test", "imagenet-rendition/imagenet-r/n01443537/art_0.jpg", 0]],
  },
];

Deno.test("every published data set has a fixture of its layout here", () => {
  assert.deepEqual(layouts.map((layout) => layout.name), datasets.map((set) => set.name));
});

for (const layout of layouts) {
  Deno.test(`${layout.name} in its true layout loads to the published names, order, template and rule`, () =>
    inTree(layout.files, async (root) => {
      const loaded = await dataset(layout.name).load(root);
      assert.equal(loaded.title, layout.title);
      assert.equal(loaded.template, layout.template);
      assert.deepEqual(loaded.classNames, layout.classNames);
      assert.deepEqual([loaded.train, loaded.val, loaded.test].map((s) => s.length), layout.counts);
      for (const [split, path, label] of layout.has) {
        const item = loaded[split].find((item) => relative(root, item.path) === path);
        assert.ok(item, `${path} is in ${split}`);
        assert.equal(item.label, label);
        assert.equal(item.className, layout.classNames[label]);
      }
      const holdsImages = Object.values(layout.files).includes(true);
      if (holdsImages) {
        const all = [...loaded.train, ...loaded.val, ...loaded.test];
        assert.equal(await missingImages(all), undefined);
        assert.equal(
          new Set(all.map((item) => item.path)).size,
          all.length - (loaded.val === loaded.test ? loaded.val.length : 0),
        );
      }
    }));
}

const withSplitFile = [
  ["caltech101", "caltech-101/split_zhou_Caltech101.json", "caltech-101/101_ObjectCategories/"],
  ["oxford_pets", "oxford_pets/split_zhou_OxfordPets.json", "oxford_pets/images/"],
  ["stanford_cars", "stanford_cars/split_zhou_StanfordCars.json", "stanford_cars/"],
  ["oxford_flowers", "oxford_flowers/split_zhou_OxfordFlowers.json", "oxford_flowers/jpg/"],
  ["food101", "food-101/split_zhou_Food101.json", "food-101/images/"],
  ["sun397", "sun397/split_zhou_SUN397.json", "sun397/SUN397/"],
  ["dtd", "dtd/split_zhou_DescribableTextures.json", "dtd/images/"],
  ["eurosat", "eurosat/split_zhou_EuroSAT.json", "eurosat/2750/"],
  ["ucf101", "ucf101/split_zhou_UCF101.json", "ucf101/UCF-101-midframes/"],
];
for (const [name, file, prefix] of withSplitFile as [string, string, string][]) {
  const split = {
    train: [["b_c/1.jpg", 0, "b_c"]],
    val: [["b_c/2.jpg", 0, "b_c"]],
    test: [["b_c/3.jpg", 0, "b_c"]],
  };
  Deno.test(`${name} takes its split from CoOp's file when it is there`, () =>
    inTree({ [file]: JSON.stringify(split) }, async (root) => {
      const loaded = await dataset(name).load(root);
      assert.deepEqual(loaded.classNames, ["b c"]);
      assert.equal(relative(root, loaded.test[0]!.path), `${prefix}b_c/3.jpg`);
      assert.equal(relative(root, loaded.splitFrom), file);
    }));
}

Deno.test("splits made by rule are those that CPython makes: Cars 80/20, Flowers 50/20/30", async () => {
  // CPython 3.11.7 over the labels of the fixtures, random.seed(1).
  const cars = layouts.find((layout) => layout.name === "stanford_cars")!;
  await inTree(cars.files, async (root) => {
    const made = await dataset("stanford_cars").load(root);
    const train = [3, 14, 23, 1, 11, 4, 7, 16, 22, 24, 2, 12, 17, 19, 5, 18, 8, 13, 21];
    const name = (i: number) => `${root}/stanford_cars/cars_train/${pad(i, 5)}.jpg`;
    assert.deepEqual(made.train.map((item) => item.path), train.map(name));
    assert.deepEqual(made.val.map((item) => item.path), [9, 20, 10, 15, 6].map(name));
    assert.match(
      made.splitFrom,
      /no split_zhou_StanfordCars\.json: made by the published rule, seed 1/,
    );
  });
  const flowerLayout = layouts.find((layout) => layout.name === "oxford_flowers")!;
  await inTree(flowerLayout.files, async (root) => {
    const made = await dataset("oxford_flowers").load(root);
    // deno-fmt-ignore
    const expected = {
      train: [7, 9, 10, 8, 6, 15, 20, 13, 19, 16, 21, 27, 25, 26, 29, 31, 35, 33, 38, 40, 45, 43],
      val: [4, 1, 17, 11, 22, 30, 37, 41, 46],
      test: [5, 2, 3, 18, 12, 14, 23, 24, 32, 28, 34, 36, 39, 42, 44, 47],
    };
    for (const split of ["train", "val", "test"] as const) {
      const paths = expected[split].map((i) => `${root}/oxford_flowers/jpg/image_${pad(i, 5)}.jpg`);
      assert.deepEqual(made[split].map((item) => item.path), paths);
    }
  });
});

// CoOp (Zhou et al., IJCV 2022), table of data sets in the appendix: classes, train, val, test.
const table: Record<string, [number, number, number, number]> = {
  imagenet: [1000, 1281167, 50000, 50000],
  caltech101: [100, 4128, 1649, 2465],
  oxford_pets: [37, 2944, 736, 3669],
  stanford_cars: [196, 6509, 1635, 8041],
  oxford_flowers: [102, 4093, 1633, 2463],
  food101: [101, 50500, 20200, 30300],
  fgvc_aircraft: [100, 3334, 3333, 3333],
  sun397: [397, 15880, 3970, 19850],
  dtd: [47, 2820, 1128, 1692],
  eurosat: [10, 13500, 5400, 8100],
  ucf101: [101, 7639, 1898, 3783],
  imagenetv2: [1000, 0, 0, 10000],
  imagenet_sketch: [1000, 0, 0, 50889],
  imagenet_a: [200, 0, 0, 7500],
  imagenet_r: [200, 0, 0, 30000],
};
Deno.test("the counts that --check compares with are the published ones", () => {
  for (const { name, published } of datasets) {
    const { classes, train, val, test } = published!.counts;
    assert.deepEqual([classes, train, val, test], table[name], name);
  }
});

const splitFiles: Record<string, string> = {
  caltech101: "real/caltech-101/split_zhou_Caltech101.json",
  dtd: "real/split_zhou_DescribableTextures.json",
  eurosat: "real/eurosat/split_zhou_EuroSAT.json",
  ucf101: "real/split_zhou_UCF101.json",
};
for (const [name, file] of Object.entries(splitFiles)) {
  sharedTest(`the published split file of ${name} has the counts given for it`, file, async () => {
    const split = parseSplit(await Deno.readTextFile(sharedPath(file)), file);
    const classes = new Set(
      [split.train, split.val, split.test].flat().map((item) => item.label),
    ).size;
    const { published } = dataset(name);
    assert.deepEqual(
      { classes, train: split.train.length, val: split.val.length, test: split.test.length },
      published!.counts,
    );
  });
}

Deno.test("every address says where and when it was found, and none claims to have been fetched", () => {
  for (const { name, published } of datasets) {
    assert.ok(published!.sources.length > 0);
    for (const source of published!.sources) {
      assert.ok(source.found.where.length > 10, `${name} ${source.what}`);
      assert.match(source.found.when, /^\d{4}-\d\d-\d\d$/);
      assert.equal(source.verified, undefined);
      assert.ok(source.urls.length > 0 || source.byHand, `${name} ${source.what}`);
      for (const url of source.urls) assert.doesNotThrow(() => new URL(url));
      if (source.sha256) assert.match(source.sha256, /^[0-9a-f]{64}$/);
    }
  }
});

Deno.test("a folder that is no class of ImageNet is named", () =>
  inTree({ "imagenet-rendition/imagenet-r/n00000000/x.jpg": true }, async (root) => {
    await assert.rejects(dataset("imagenet_r").load(root), {
      name: "UserError",
      message: /n00000000 is no class of ImageNet/,
    });
  }));

Deno.test("missing and malformed list files are one line each that names them", async () => {
  const pets = "oxford_pets/annotations/trainval.txt";
  await inTree({ [pets]: "Abyssinian_1 one 1 1\n" }, async (root) => {
    await assert.rejects(
      dataset("oxford_pets").load(root),
      /trainval\.txt has the line "Abyssinian_1 one 1 1", expected/,
    );
  });
  await inTree({ "oxford_pets/x": "" }, async (root) => {
    await assert.rejects(
      dataset("oxford_pets").load(root),
      /there is no file .*trainval\.txt: fetch the data set/,
    );
  });
  await inTree({ "eurosat/x": "" }, async (root) => {
    await assert.rejects(
      dataset("eurosat").load(root),
      /there is no folder .*eurosat\/2750: fetch the data set/,
    );
  });
  const mat = fixture("oxford_flowers/imagelabels.mat");
  for (
    const [json, message] of [
      ["<html>Google Drive", /cat_to_name\.json is a web page, not JSON/],
      ["[]", /cat_to_name\.json has no name for class 7: fetch it again/],
    ] as const
  ) {
    await inTree(
      { "oxford_flowers/imagelabels.mat": mat, "oxford_flowers/cat_to_name.json": json },
      (root) =>
        assert.rejects(dataset("oxford_flowers").load(root), { name: "UserError", message }),
    );
  }
  await inTree({ "imagenetv2/classnames.txt": "tench\n" }, async (root) => {
    await assert.rejects(
      dataset("imagenetv2").load(root),
      /classnames\.txt has the line "tench", expected/,
    );
  });
});
