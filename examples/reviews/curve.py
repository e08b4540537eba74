"""What pretraining is worth at few labels: the same fine-tuning from the pretrained and from the untrained encoder.

    python examples/reviews/curve.py --lm runs/english/lm --out runs/english-curve --data train.tsv.gz \
        --text_column sentence --max_length 64 --group_by containment

For each number of labels and each seed (which also draws the split) the two encoders and TF-IDF see the same rows. Every
finished run is kept, so that the script may be stopped and started again; the table is written after each.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import mean, stdev

import groundup

SYSTEMS = ("pretrained", "untrained", "tfidf")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lm", required=True, help="run of the pretrained encoder")
    parser.add_argument("--data", required=True, help="labelled table")
    parser.add_argument("--test", help="table to judge on; default: a part of the data")
    parser.add_argument("--text_column", required=True)
    parser.add_argument("--group_by", help="containment, or a column")
    parser.add_argument("--max_length", type=int, default=128)
    parser.add_argument("--labels", type=int, nargs="+", default=[500, 1000, 2000])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--out", required=True)
    chosen = parser.parse_args()
    found: list[dict] = []
    for labels in chosen.labels:
        for seed in range(chosen.seeds):
            row = {"labels": labels, "seed": seed, **judged(chosen, labels, seed)}
            found.append(row)
            print("  ".join(f"{k} {v:.4f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()), flush=True)
            write(Path(chosen.out), found)
    print(Path(chosen.out, "curve.md").read_text(encoding="utf-8"))


def judged(chosen: argparse.Namespace, labels: int, seed: int) -> dict[str, float]:
    """Test accuracy of the three systems on the same rows."""
    split = {"validation": 0.1, "test": 0.0 if chosen.test else 0.2, "group_by": chosen.group_by, "contained": "leave_out"}
    scores = {}
    for system in SYSTEMS[:2]:
        outcome = groundup.finetune(
            model=chosen.lm,
            data=chosen.data,
            test=chosen.test,
            text_column=(chosen.text_column,),
            split=split,
            train_rows=labels,
            max_length=chosen.max_length,
            from_scratch=system == "untrained",
            seed=seed,
            quiet=True,
            baselines=system == "pretrained",
            threads=chosen.threads,
            out=f"{chosen.out}/{labels}-{seed}-{system}",
        )
        report = outcome.facts["report"]
        scores[system] = report["accuracy"]["value"]
        scores |= {entry["name"]: entry["accuracy"]["value"] for entry in report["baselines"] if entry["name"] == "tfidf"}
    return scores


def write(out: Path, rows: list[dict]) -> None:
    """curve.json with every run, curve.md with means and spreads."""
    lines = ["| labels | seeds | pretrained | untrained | TF-IDF | gain of pretraining |", "|---|---|---|---|---|---|"]
    for labels in dict.fromkeys(row["labels"] for row in rows):
        of_size = [row for row in rows if row["labels"] == labels]
        gains = ", ".join(f"{row['pretrained'] - row['untrained']:+.3f}" for row in of_size)
        cells = " | ".join(figure([row[system] for row in of_size]) for system in SYSTEMS)
        lines.append(f"| {labels:,} | {len(of_size)} | {cells} | {gains} |")
    (out / "curve.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    (out / "curve.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def figure(values: list[float]) -> str:
    spread = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"


if __name__ == "__main__":
    main()
