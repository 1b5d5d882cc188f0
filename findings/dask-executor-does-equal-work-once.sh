#!/usr/bin/env bash
# The executor of a Dask client does equal work once, where every other executor does it each time it is submitted.
#
# distributed 2026.8.0: `Client.get_executor()` is a `concurrent.futures.Executor`, but what is submitted with it counts
# as pure unless one says `get_executor(pure=False)`. The second of two equal submissions gets the first one's result; and
# work over which a worker died, submitted once more, fails at once with the old KilledWorker, untried.
# Seen in November 2026:
#     pure unless told: same bytes
#     pure=False: other bytes
# Exits 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet distributed==2026.8.0
cat > "$folder/try.py" <<'PYTHON'
import os

from distributed import Client, LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as cluster, Client(cluster) as client:
        for said, executor in {"pure unless told": client.get_executor(), "pure=False": client.get_executor(pure=False)}.items():
            first, second = (executor.submit(os.urandom, 8) for _ in range(2))
            print(f"{said}: {'same' if first.result() == second.result() else 'other'} bytes")
PYTHON
seen=$("$folder/env/bin/python" "$folder/try.py")
echo "$seen"
[ "$seen" = $'pure unless told: same bytes\npure=False: other bytes' ]
