"""Sets replays in half precision beside fp32: python truth/precision.py FP32 BF16 FP16

FP32 is truth/results.json, the others what `record.py NAMES --precision bf16|fp16 --write FILE` gave. Writes their records into
data/whole_runs/precision.json, from the repository's root; records that they lack stay as they are.
"""
import json
import os
import sys

KINDS = {"loss": "loss", "loss_ce": "loss", "loss_kl": "loss", "grad": "grad", "grad_projected": "grad", "param": "param",
         "param_after": "param", "outer.grad": "grad", "outer.param_after": "param",
         "vnet.param_after": "param", "vnet.grad": "modulation"}


def summary(result):
    """The largest error of each kind; why it could not be replayed."""
    if "failed" in result:
        return dict(failed=result["failed"])
    worst = {}
    for key, error in result["worst"].items():
        if key in KINDS:
            worst[KINDS[key]] = max(worst.get(KINDS[key], 0.0), float(f"{error:.1e}"))
    return worst


def main():
    files = [json.load(open(path)) for path in sys.argv[1:4]]
    by_name = [{result["record"]: result for result in file["results"]} for file in files]
    names = [name for name in by_name[1] if name in by_name[2]]
    environment = f"PyTorch {files[1]['environment']['torch'].split('+')[0]} on a CPU, one thread"
    records = [dict(record=name, **{kind: summary(found.get(name, {"failed": "not replayed"}))
                                    for kind, found in zip(("fp32", "bf16", "fp16"), by_name)}) for name in names]
    path = "data/whole_runs/precision.json"
    known = {record["record"]: record for record in json.load(open(path))["records"]} if os.path.exists(path) else {}
    known |= {record["record"]: record for record in records}
    with open(path, "w") as file:
        json.dump(dict(environment=environment, records=[known[name] for name in by_name[0] if name in known]), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
