#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A folder of src/ includes only folders on floors below its own (doc/architecture.md), and of its
own headers any; local.h is for its folder alone. Only rt/host.c asks for the processor."""
import pathlib
import re
import sys

FLOORS = [  # from the lowest up
    {"base"}, {"bpf"}, {"type"}, {"rt"}, {"abi"}, {"load", "verify", "ir", "interp"}, {"gen"},
    {"arch"}, {"image"}, {"attach"}, {"api"}, {"cli", "agent"},
]
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
PROCESSOR = re.compile(r"^\s*#\s*(el)?if.*__(x86_64|i386|aarch64|arm|riscv|s390)")

root = pathlib.Path(__file__).resolve().parents[2] / "src"
faults = []
for path in sorted(root.rglob("*.[ch]")):
    folder = str(path.parent.relative_to(root))
    name = folder.split("/")[0]
    if name not in FLOOR_OF:
        faults.append(f"{path}: {name} is on no floor; tests/house/floors.py lists them")
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"src/{path.relative_to(root)}:{number}"
        if PROCESSOR.search(line) and path.relative_to(root) != pathlib.Path("rt/host.c"):
            faults.append(f"{where}: only rt/host.c may ask for the processor")
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match.group(1)
        into = target.rsplit("/", 1)[0] if "/" in target else folder
        if into == folder:
            continue
        if target.endswith("/local.h"):
            faults.append(f"{where}: {target} is for its own folder")
        if FLOOR_OF.get(into.split("/")[0], 99) >= FLOOR_OF[name]:
            faults.append(f"{where}: {name} may not include {target}: it is not on a floor below")
print("\n".join(faults))
sys.exit(1 if faults else 0)
