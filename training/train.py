"""Trains the reader on the windows of `training.mine`.

    python -m training.train OUT RUN [--epochs 3] [--minutes 120] [--frozen 1]

Reads OUT/train-0-mined.jsonl and so on, one an epoch in turn, and OUT/val-0-mined.jsonl. Keeps RUN/last.pt (weights,
optimiser, place; every two minutes) and goes on from it when started again; RUN/log.jsonl gets a line for every hundred
steps and every check on the validation windows. The learning rate falls to nothing over the steps or the minutes,
whichever end sooner.

To share the work between processes, one a core, start each with `--ranks 2` and its own `--rank`: they train on
different batches and add up their gradients.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.distributed
from tokenizers import Tokenizer
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from rapporteur.vectorstore.minilm import packaged_files

from .data import Window, read_windows
from .model import Encoded, ReaderModel, collate, encode, open_tokenizer, pretrained

TITLE_SHARE = 0.5
SAVE_S, LOG_STEPS = 120.0, 100


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a run trains; kept in the checkpoint."""

    epochs: int = 3
    minutes: float = 1e9
    frozen: int = 1
    layers: int = 6
    rate: float = 2e-4
    head_rate: float = 1e-3
    warm_up: float = 0.06
    batch_tokens: int = 2600
    dropout: float = 0.1
    seed: int = 7
    threads: int = 1
    ranks: int = 1
    rank: int = 0
    check_minutes: float = 1e9


def main() -> None:
    """Trains, from the last checkpoint where there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("run", type=Path)
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args())
    out, run = given.pop("out"), given.pop("run")
    run.mkdir(parents=True, exist_ok=True)
    train(out, run, Plan(**given))


def train(out: Path, run: Path, plan: Plan) -> None:
    """One run to its end."""
    random.seed(plan.seed)
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    folder = packaged_files()
    tokenizer = open_tokenizer(folder)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = pretrained(folder, plan.layers, plan.dropout).to(device)
    model.freeze(plan.frozen)
    optimiser = torch.optim.AdamW(groups(model, plan), weight_decay=0.01)
    join(run, plan)
    checked = encoded(tokenizer, read_windows(out / "val-0-mined.jsonl"), None) if plan.rank == 0 else []
    batches = Batches(out, tokenizer, plan)
    per_epoch = len(batches.of(0))
    total = per_epoch * plan.epochs
    step, spent = restored(run, model, optimiser)
    began = time.monotonic() - spent
    saved, next_check = spent, spent / 60 + plan.check_minutes
    losses: list[float] = []
    while (progress := max(step / total, spent / 60 / plan.minutes)) < 1:
        epoch, place = divmod(step, per_epoch)
        scale = min(1.0, (step + 1) / max(1, plan.warm_up * total)) * (1 - progress)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * scale
        model.train()
        # One thread: with two, oneDNN's bfloat16 products are ten times slower here than with one.
        with torch.autocast(device, torch.bfloat16):
            loss = loss_of(model, batches.of(epoch)[place % len(batches.of(epoch))], device)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        spent = shared_gradients(model, plan, time.monotonic() - began)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        step += 1
        if plan.rank:
            continue
        if step % LOG_STEPS == 0:
            note(run, step=step, of=total, minutes=round(spent / 60, 2), loss=round(sum(losses) / len(losses), 4))
            losses.clear()
        if spent / 60 >= next_check:
            next_check += plan.check_minutes
            note(run, step=step, minutes=round(spent / 60, 2), **check(model, checked, device))
        if spent - saved > SAVE_S:
            saved = spent
            save(run, model, optimiser, step, spent, plan)
    if plan.rank == 0:
        save(run, model, optimiser, step, spent, plan)
        note(run, step=step, of=total, minutes=round(spent / 60, 2), **check(model, checked, device))


def join(run: Path, plan: Plan) -> None:
    """Meets the other processes of the run; a file in `run` tells them of each other."""
    if plan.ranks > 1:
        meeting = f"file://{(run / 'meeting').resolve()}"
        torch.distributed.init_process_group("gloo", init_method=meeting, rank=plan.rank, world_size=plan.ranks)


def shared_gradients(model: ReaderModel, plan: Plan, spent: float) -> float:
    """Gives every process the mean of all gradients; the seconds spent as the first process counts them."""
    if plan.ranks == 1:
        return spent
    gradients = [one.grad for one in model.parameters() if one.requires_grad and one.grad is not None]
    flat = torch.cat([*(one.flatten() for one in gradients), torch.tensor([0.0 if plan.rank else spent])])
    torch.distributed.all_reduce(flat)
    at = 0
    for one in gradients:
        one.copy_(flat[at : at + one.numel()].view_as(one) / plan.ranks)
        at += one.numel()
    return float(flat[-1])


class Batches:
    """A process's batches of an epoch, of which one is kept."""

    def __init__(self, out: Path, tokenizer: Tokenizer, plan: Plan) -> None:
        self.rounds = sorted(out.glob("train-[0-9]-mined.jsonl"))
        self.tokenizer, self.plan = tokenizer, plan
        self.kept: tuple[int, list[list[Encoded]]] = (-1, [])

    def of(self, epoch: int) -> list[list[Encoded]]:
        """The batches of an epoch."""
        if self.kept[0] != epoch:
            windows = read_windows(self.rounds[epoch % len(self.rounds)])
            batches = epoch_of(self.tokenizer, windows, self.plan, epoch)
            many = len(batches) // self.plan.ranks * self.plan.ranks
            self.kept = epoch, batches[self.plan.rank : many : self.plan.ranks]
        return self.kept[1]


def groups(model: ReaderModel, plan: Plan) -> list[dict]:
    """The encoder's parameters learn slowly, the new heads' fast."""
    encoder = [one for one in model.bert.parameters() if one.requires_grad]
    known = {id(one) for one in model.bert.parameters()}
    heads = [one for one in model.parameters() if id(one) not in known]
    return [{"params": encoder, "peak": plan.rate, "lr": 0.0}, {"params": heads, "peak": plan.head_rate, "lr": 0.0}]


def encoded(tokenizer: Tokenizer, windows: Sequence[Window], dice: random.Random | None) -> list[Encoded]:
    """The windows in tokens, those in which a sentence was kept; the title leads where the dice say so."""
    leads = [one.title if one.title and (dice is None or dice.random() < TITLE_SHARE) else "" for one in windows]
    return [encode(tokenizer, one, lead) for one, lead in zip(windows, leads, strict=True)]


def epoch_of(tokenizer: Tokenizer, windows: Sequence[Window], plan: Plan, epoch: int) -> list[list[Encoded]]:
    """The windows in batches of about the same length, in chance order."""
    dice = random.Random(f"{plan.seed}:{epoch}")
    ready = encoded(tokenizer, windows, dice)
    dice.shuffle(ready)
    batches: list[list[Encoded]] = []
    for start in range(0, len(ready), 1200):
        pool = sorted(ready[start : start + 1200], key=lambda one: len(one.ids))
        batch: list[Encoded] = []
        for one in pool:
            if batch and (len(batch) + 1) * len(one.ids) > plan.batch_tokens:
                batches.append(batch)
                batch = []
            batch.append(one)
        batches.append(batch)
    dice.shuffle(batches)
    return batches


def loss_of(model: ReaderModel, batch: Sequence[Encoded], device: str) -> torch.Tensor:
    """The four heads' losses, weighed by window."""
    sentences, supports, answerable, starts, ends = model(*(part.to(device) for part in collate(batch)))
    weight = torch.tensor([one.window.weight for one in batch], device=device)
    shape = sentences.shape
    labels, known = torch.zeros(shape, device=device), torch.zeros(shape, device=device)
    supported, claimed = torch.zeros(shape, device=device), torch.zeros(shape, device=device)
    for row, one in enumerate(batch):
        seen = set(one.members)
        for number, (label, support) in enumerate(zip(one.window.labels, one.window.supports, strict=True)):
            labels[row, number], known[row, number] = label, float(number in seen)
            supported[row, number], claimed[row, number] = float(support == 1), float(support >= 0 and number in seen)
    by_sentence = mean_over(bce(sentences, labels, reduction="none"), known * weight[:, None])
    by_support = mean_over(bce(supports, supported, reduction="none"), claimed * weight[:, None])
    target = (labels * known).amax(1)
    by_window = mean_over(bce(answerable, target, reduction="none"), weight)
    by_span = mean_over(*span_losses(batch, starts, ends, weight))
    return by_sentence + by_window + 0.5 * by_support + 0.4 * by_span


def span_losses(
    batch: Sequence[Encoded], starts: torch.Tensor, ends: torch.Tensor, weight: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each window how unlikely its answers' first and last tokens are, the first token of all meaning none."""
    losses, weights = [], []
    log_starts, log_ends = starts.log_softmax(1), ends.log_softmax(1)
    for row, one in enumerate(batch):
        if one.window.answerable and not (one.starts and one.ends):
            continue
        first, last = (one.starts, one.ends) if one.window.answerable else ([0], [0])
        losses.append(-log_starts[row, first].logsumexp(0) - log_ends[row, last].logsumexp(0))
        weights.append(weight[row])
    if not losses:
        return starts.sum() * 0, weight.sum() * 0
    return torch.stack(losses), torch.stack(weights)


def mean_over(losses: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Weighted mean; nothing where no weight is."""
    return (losses * weights).sum() / weights.sum().clamp(min=1e-6)


def check(model: ReaderModel, windows: Sequence[Encoded], device: str) -> dict[str, float]:
    """Area under the ROC curve of `answerable`, over all and squad2_dev alone; how often the best sentence answers."""
    from .evaluate import area, sentence_accuracy

    model.eval()
    found: dict[int, tuple[float, list[float]]] = {}
    order = sorted(range(len(windows)), key=lambda place: len(windows[place].ids))
    with torch.inference_mode(), torch.autocast(device, torch.bfloat16):
        for start in range(0, len(order), 16):
            places = order[start : start + 16]
            sentences, _, answerable, _, _ = model(*(part.to(device) for part in collate([windows[p] for p in places])))
            for row, place in enumerate(places):
                many = len(windows[place].window.sentences)
                found[place] = float(answerable[row]), sentences[row, :many].tolist()
    scored = [(windows[place].window, *found[place]) for place in range(len(windows))]
    squad = [one for one in scored if one[0].set == "squad2_dev" and one[0].kind == "given"]
    return {
        "auc": round(area([(score, one.answerable) for one, score, _ in scored]), 4),
        "squad2_auc": round(area([(score, one.answerable) for one, score, _ in squad]), 4),
        "sentence": round(sentence_accuracy([(one.labels, each) for one, _, each in scored]), 4),
    }


def restored(run: Path, model: ReaderModel, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
    """Step and seconds of the last checkpoint, the model and optimiser as they were then."""
    if not (run / "last.pt").exists():
        return 0, 0.0
    last = torch.load(run / "last.pt", weights_only=True)
    model.load_state_dict(last["model"])
    optimiser.load_state_dict(last["optimiser"])
    return last["step"], last["seconds"]


def save(
    run: Path, model: ReaderModel, optimiser: torch.optim.Optimizer, step: int, seconds: float, plan: Plan
) -> None:
    """Writes the checkpoint beside the old one and puts it in its place."""
    held = {
        "model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "seconds": seconds,
        "plan": asdict(plan),
    }  # fmt: skip
    torch.save(held, run / "last.pt.part")
    os.replace(run / "last.pt.part", run / "last.pt")


def note(run: Path, **said: float) -> None:
    """A line in the log and on the terminal."""
    line = json.dumps(said)
    print(line, flush=True)
    with (run / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(line + "\n")


if __name__ == "__main__":
    main()
