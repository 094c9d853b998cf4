"""Measurements as Markdown tables."""


def table(head, rows):
    """The first column is text, all others are numbers."""
    text = ["| " + " | ".join(map(str, head)) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(text + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def speed(cell):
    """One config at one batch size, the fastest side first."""
    sides = sorted([cell.lockstep, *trained(cell)], key=lambda side: -side.speed)
    best = max((side.speed for side in trained(cell)), default=None)
    rows = [
        [
            side.label,
            f"{side.speed:,.0f}",
            f"{min(side.samples_per_second):,.0f}–{max(side.samples_per_second):,.0f}",
            f"{100 * side.speed * cell.flops / cell.peak:.1f}",
            f"{side.speed / best:.2f}" if best else "–",
            f"{side.peak_memory / 2**20:,.0f}",
            f"{side.start_up:.2f}",
        ]
        for side in sides
    ]
    title = f"#### {cell.config}, batch {cell.batch}, {count(cell.threads, 'thread')}\n\n"
    title += f"FP32 peak in the same run: {cell.peak / 1e9:,.0f} GFLOP/s.\n\n"
    head = ["", "samples/s", "lowest–highest", "% of FP32 peak", "to the best peer", "peak memory, MiB", "start-up, s"]
    return title + table(head, rows)


def evaluation(cells):
    """Images/s over the test set, a column for each config."""
    columns = [cell for cell in cells if cell.lockstep.images_per_second]
    labels = list(dict.fromkeys(side.label for cell in columns for side in evaluated(cell)))
    rows = []
    for label in labels:
        row = [label]
        for cell in columns:
            side = next((side for side in evaluated(cell) if side.label == label), None)
            row.append(f"{side.evaluation:,.0f}" if side else "–")
        rows.append(row)
    ratios = ["Lockstep to the best peer"]
    for cell in columns:
        best = max((side.evaluation for side in evaluated(cell) if side is not cell.lockstep), default=None)
        ratios.append(f"{cell.lockstep.evaluation / best:.2f}" if best else "–")
    return "#### Evaluation of the test set, images/s\n\n" + table(
        ["", *(cell.config for cell in columns)], rows + [ratios]
    )


def trained(cell):
    return [side for side in cell.peers if side.samples_per_second]


def evaluated(cell):
    return [side for side in (cell.lockstep, *cell.peers) if side.images_per_second]


def failures(cells):
    """A line for each peer that is missing from a table."""
    lines = [
        f"- {label}, {cell.config}, batch {cell.batch}: {why}" for cell in cells for label, why in cell.failures.items()
    ]
    return "Left out:\n\n" + "\n".join(lines) + "\n" if lines else ""


def count(number, noun):
    return f"{number} {noun}" + ("s" if number > 1 else "")
