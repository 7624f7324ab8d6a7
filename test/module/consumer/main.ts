import * as plumbline from "@plumbline/plumbline";

const clip = await plumbline.loadClip("pocket");
const pets = await plumbline.dataset("pocket-pets").load("data");
console.log((await plumbline.predict(clip, pets.test[0]!.path, pets.classNames))[0]);
const shown = plumbline.fewShot(pets, 4, 1);
const prograd = await plumbline.train("prograd", clip, shown, { training: { epochs: 5 } });
console.log(await prograd.test(pets));
